import { type AgentState, grant, initialState, joinStates, Label, labelsOf, taint } from "@guardhost/difc";
import { createClient } from "@redis/client";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GatewayConfig } from "../../src/config/gateway-config.js";
import { RedisStore } from "../../src/store/redis-store.js";
import { eventually } from "../support/eventually.js";
import { recordingLogger } from "../support/recording-logger.js";
import { hasRedis, RedisServer } from "../support/redis-server.js";
import { SilentProxy } from "../support/silent-proxy.js";

const settings = (url: string, others: Partial<GatewayConfig["store"]> = {}): GatewayConfig["store"] => ({
  url,
  prefix: "guardhost:",
  ttlSeconds: 60,
  timeoutMs: 1_000,
  replicas: 0,
  ...others,
});

const secret = taint({ secrecy: Label.of("private:hr"), integrity: Label.of("staff") });

const same = (one: AgentState | undefined, other: AgentState) => {
  expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
};

describe.skipIf(!hasRedis)("a store in Redis (needs redis-server)", () => {
  let redis: RedisServer;
  let store: RedisStore;
  let raw: ReturnType<typeof createClient>;
  const { logger, lines } = recordingLogger();

  beforeAll(async () => {
    redis = await RedisServer.start();
    store = await readyStore();
    raw = createClient({ url: redis.url });
    // It is ended with the server.
    raw.on("error", () => undefined);
    await raw.connect();
  });

  afterAll(async () => {
    raw?.destroy();
    await store?.close();
    await redis?.[Symbol.asyncDispose]();
  });

  async function readyStore(others?: Partial<GatewayConfig["store"]>): Promise<RedisStore> {
    const opened = new RedisStore(settings(redis.url, others), logger);
    await eventually(() => expect(opened.isReady).toBe(true));
    return opened;
  }

  async function another(others?: Partial<GatewayConfig["store"]>) {
    const opened = await readyStore(others);
    return { opened, [Symbol.asyncDispose]: () => opened.close() };
  }

  test("knows nothing of an agent that nobody has told it of", async () => {
    expect(await store.read("nobody")).toBeUndefined();
  });

  test("keeps an agent without any label", async () => {
    same(await store.join("empty", initialState), initialState);
    same(await store.read("empty"), initialState);
  });

  test("tells a ceiling of nothing from no ceiling", async () => {
    const nothing = taint({ secrecy: Label.none, integrity: Label.none });
    await store.join("low", grant({ secrecy: Label.none, integrity: Label.of("staff") }));
    await store.join("low", nothing);
    const state = await store.read("low");
    expect(state && labelsOf(state).integrity.tags).toEqual([]);
    await store.join("low", grant({ secrecy: Label.none, integrity: Label.of("staff") }));
    same(await store.read("low"), state as AgentState);
  });

  test("joins as joinStates does, whatever the states and their order", async () => {
    const tag = fc.constantFrom("", "a", "b", "c:d", "*s", "ü");
    const label = fc.oneof(
      fc.array(tag).map((tags) => Label.from(tags)),
      fc.constant(Label.all),
    );
    const state: fc.Arbitrary<AgentState> = fc.record({ secrecy: label, granted: label, ceiling: label });
    let agents = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(state, { minLength: 1, maxLength: 4 }), async (states) => {
        const agent = `agent ${agents++}`;
        for (const one of states) await store.join(agent, one);
        same(await store.read(agent), states.reduce(joinStates, initialState));
      }),
      { numRuns: 100 },
    );
  });

  test("loses nothing of what two replicas join at once", async () => {
    await using other = await another();
    const tags = Array.from({ length: 50 }, (_, i) => `private:${i}`);
    await Promise.all(
      tags.map((name, i) =>
        (i % 2 === 0 ? store : other.opened).join(
          "both",
          grant({ secrecy: Label.of(name), integrity: Label.none }),
        ),
      ),
    );
    expect((await other.opened.read("both"))?.secrecy.size).toBe(tags.length);
  });

  test("forgets an agent when it is told to, and says whether there was one", async () => {
    await store.join("alice", secret);
    expect(await store.reset("alice")).toBe(true);
    expect(await store.read("alice")).toBeUndefined();
    expect(await store.reset("alice")).toBe(false);
  });

  test("forgets an agent that does nothing for long, as a whole", async () => {
    await using brief = await another({ ttlSeconds: 0.05, prefix: "brief:" });
    await brief.opened.join("bob", secret);
    // Not by reading it, which keeps it.
    await eventually(async () => expect(await raw.keys("brief:*")).toEqual([]));
  });

  test("has neither names nor tags of other agents in its keys", async () => {
    await store.join("alice@example.com", secret);
    for (const key of await raw.keys("guardhost:*")) expect(key).toMatch(/^guardhost:[\w-]{43}$/);
  });

  test("rejects a taint that too few replicas have", async () => {
    await using strict = await another({ replicas: 1, timeoutMs: 200 });
    await expect(strict.opened.join("alice", secret)).rejects.toThrow("0 of 1 replicas");
  });

  test("rejects while it is silent, and goes on afterwards", async () => {
    await using impatient = await another({ timeoutMs: 200 });
    redis.pause();
    try {
      await expect(impatient.opened.join("carol", secret)).rejects.toThrow("not answered in time");
      await expect(impatient.opened.read("carol")).rejects.toThrow("not answered in time");
    } finally {
      redis.resume();
    }
    await eventually(async () => expect(await impatient.opened.read("nobody")).toBeUndefined());
  });

  test("rejects while its connection is dead, and connects anew by itself", async () => {
    await using proxy = await SilentProxy.before(redis.port);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const recorded = recordingLogger();
    const opened = new RedisStore(settings(url, { timeoutMs: 200 }), recorded.logger);
    try {
      await eventually(async () => same(await opened.join("erin", secret), secret));
      proxy.silence();
      const commands = [opened.join("erin", secret), opened.read("erin"), opened.reset("erin")];
      for (const { status } of await Promise.allSettled(commands)) expect(status).toBe("rejected");
      await eventually(async () => same(await opened.read("erin"), secret));
      expect(recorded.lines.map(({ level }) => level)).toEqual(["info", "error", "info"]);
    } finally {
      await opened.close();
    }
  });

  test("rejects while it is gone, goes on afterwards, and says so once", async () => {
    await store.join("dora", secret);
    lines.length = 0;
    await redis.kill();
    await expect(store.read("dora")).rejects.toThrow();
    await expect(store.join("dora", secret)).rejects.toThrow();
    await redis.start();
    await eventually(async () => same(await store.read("dora"), secret));
    expect(lines.map(({ level }) => level)).toEqual(["error", "info"]);
  });
});
