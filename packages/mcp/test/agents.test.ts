import { GuardError } from "@guardhost/core";
import { type LabelStore, MemoryLabelStore, noopGuard } from "@guardhost/difc";
import { describe, expect, test } from "vitest";
import { agentKey, guardMcp } from "../src/index.js";
import { agent, fakeGuard, resource } from "./support/fake-guard.js";
import { gateway, text, textsOf } from "./support/gateway.js";

const secretRead = resource({ secrecy: ["secret"] });
const publicWrite = resource({}, "write");

/** Reads a secret by `read`, and writes to the public by `write`. */
const diary = {
  labelAgent: () => agent({}, "propagate" as const),
  labelResource: ({ name }: { name: string }) => (name === "read" ? secretRead : publicWrite),
};

describe("guards label an agent", () => {
  test("once, however many calls come first (W38)", async () => {
    let labelled = 0;
    const { call } = gateway({
      guard: {
        labelAgent: async () => {
          labelled++;
          await new Promise((resolve) => setTimeout(resolve, 5));
          return agent();
        },
      },
    });
    const results = await Promise.all(Array.from({ length: 20 }, () => call("tool")));
    expect(results.flatMap(textsOf)).toEqual(Array(20).fill("ok"));
    await call("tool");
    expect(labelled).toBe(1);
  });

  test("all of them, before its first call to any server (W61)", async () => {
    const order: string[] = [];
    const labelling = (name: string) =>
      fakeGuard({
        labelAgent: () => {
          order.push(`label ${name}`);
          return agent({ secrecy: ["internal"] });
        },
      });
    const guarded = guardMcp({
      mode: "filter",
      servers: {
        one: { guard: labelling("one"), policy: {} },
        two: { guard: labelling("two"), policy: {} },
        open: { guard: noopGuard },
      },
    });
    const session = guarded.session({
      principal: "alice",
      upstream: async () => {
        order.push("asked");
        return text("ok");
      },
    });
    const call = { method: "tools/call", params: { name: "tool" } };
    // What the agent carries by the word of the others keeps it from the open one.
    expect(await session.handle("open", call)).toMatchObject({ isError: true });
    expect(await session.handle("one", call)).toEqual(text("ok"));
    expect(order.toSorted()).toEqual(["asked", "label one", "label two"]);
    expect(order.at(-1)).toBe("asked");
  });

  test("again, after one has failed: until then the agent may do nothing anywhere", async () => {
    let isBroken = true;
    const told: unknown[] = [];
    const guarded = guardMcp({
      mode: "filter",
      onDecision: (record, failure) => told.push([record, failure]),
      servers: {
        sound: { guard: fakeGuard(), policy: {} },
        broken: {
          guard: fakeGuard({
            labelAgent: () => {
              if (isBroken) throw new GuardError("TRAPPED", "the guard trapped on: secret");
              return agent();
            },
          }),
          policy: {},
        },
      },
    });
    let asked = 0;
    const session = guarded.session({
      principal: "alice",
      upstream: async () => {
        asked++;
        return text("ok");
      },
    });
    const call = { method: "tools/call", params: { name: "tool" } };
    const refused = await session.handle("sound", call);
    expect(refused).toMatchObject({
      isError: true,
      _meta: { "guardhost/error": { kind: "guardFailed", guard: "TRAPPED", isExecuted: false } },
    });
    expect(JSON.stringify(refused)).not.toContain("secret");
    expect(textsOf(refused)).toEqual([
      'The guard of the server "broken" could not label this agent (TRAPPED).',
    ]);
    expect(told).toEqual([
      [
        expect.objectContaining({
          phase: "agent",
          server: "sound",
          failedServer: "broken",
          guard: "TRAPPED",
        }),
        expect.objectContaining({ message: "the guard trapped on: secret" }),
      ],
    ]);
    expect(asked).toBe(0);
    isBroken = false;
    expect(await session.handle("sound", call)).toEqual(text("ok"));
  });

  test("and a guard that was closed is one that fails", async () => {
    const closed = fakeGuard();
    const guard = {
      ...closed,
      session: () => {
        throw new GuardError("CLOSED", "the guard is closed");
      },
    };
    const { call } = gateway({ server: { guard } });
    expect(await call("tool")).toMatchObject({
      isError: true,
      _meta: { "guardhost/error": { guard: "CLOSED" } },
    });
  });

  test("again, after one has lost its policy", async () => {
    let hasLost = false;
    let labelled = 0;
    const { call } = gateway({
      guard: {
        labelAgent: () => {
          labelled++;
          hasLost = false;
          return agent();
        },
        labelResource: () => {
          if (hasLost) throw new GuardError("NO_POLICY", "lost");
          return resource();
        },
      },
    });
    await call("tool");
    hasLost = true;
    expect(await call("tool")).toMatchObject({ isError: true });
    expect(await call("tool")).toEqual(text("ok"));
    expect(labelled).toBe(2);
  });

  test("again, after an operator has reset it in the store", async () => {
    const store = new MemoryLabelStore();
    const { call } = gateway({ guard: diary, options: { mode: "propagate", store } });
    await call("read");
    expect(await call("write")).toMatchObject({ isError: true });
    store.delete(agentKey({ principal: "alice" }));
    expect(await call("write")).toEqual(text("ok"));
  });

  test("and an abort of one call is none of the others that wait", async () => {
    let release: (() => void) | undefined;
    const { call } = gateway({
      guard: {
        labelAgent: () =>
          new Promise((resolve) => {
            release = () => resolve(agent());
          }),
      },
    });
    const controller = new AbortController();
    const aborted = call("tool", {}, { signal: controller.signal });
    const waiting = call("tool");
    await expect.poll(() => release).toBeDefined();
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    release?.();
    expect(await waiting).toEqual(text("ok"));
  });

  test("and stop when nobody waits any more", async () => {
    let stopped: unknown;
    const { call } = gateway({
      guard: {
        labelAgent: (_, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              stopped = signal.reason;
              reject(signal.reason);
            });
          }),
      },
    });
    const controller = new AbortController();
    const aborted = call("tool", {}, { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect(stopped).toBeInstanceOf(Error);
  });
});

describe("labels of an agent", () => {
  const propagating = { guard: diary, options: { mode: "propagate" as const } };
  const upstream = async () => text("ok");
  const write = { method: "tools/call", params: { name: "write" } };

  test("are there before the data that changes them has left", async () => {
    const store = new MemoryLabelStore();
    const order: string[] = [];
    const { call } = gateway({
      ...propagating,
      options: {
        mode: "propagate",
        store: {
          read: (key) => store.read(key),
          join: (key, state) => {
            order.push(state.secrecy.has("secret") ? "taint" : "grant");
            return store.join(key, state);
          },
        },
      },
    });
    await call("read").then(() => order.push("delivered"));
    expect(order).toEqual(["grant", "taint", "delivered"]);
  });

  test("outlive the session, and are the principal's", async () => {
    const { guarded, call } = gateway(propagating);
    expect(await call("write")).toEqual(text("ok"));
    await call("read");
    for (const principal of ["alice", "bob"]) {
      const reconnected = guarded.session({ principal, upstream });
      const result = await reconnected.handle("server", write);
      expect([principal, result.isError ?? false]).toEqual([principal, principal === "alice"]);
    }
  });

  test("are shared by replicas that share a store", async () => {
    const store = new MemoryLabelStore();
    const shared = { guard: diary, options: { mode: "propagate" as const, store } };
    const one = gateway(shared);
    const other = gateway(shared);
    expect(await other.call("write")).toEqual(text("ok"));
    await one.call("read");
    expect(await other.call("write")).toMatchObject({ isError: true });
  });

  test("are apart for sessions that the gateway tells apart", async () => {
    const { guarded } = gateway(propagating);
    const sessions = ["one", "two"].map((session) =>
      guarded.session({ principal: "alice", session, upstream }),
    );
    await sessions[0]?.handle("server", { method: "tools/call", params: { name: "read" } });
    const results = await Promise.all(sessions.map((session) => session.handle("server", write)));
    expect(results.map(({ isError = false }) => isError)).toEqual([true, false]);
  });

  test("that cannot be reached let nothing through, and the gateway recovers by itself", async () => {
    const store = new MemoryLabelStore();
    let isDown = false;
    const connected = () => {
      if (isDown) throw new Error("ECONNREFUSED alice@redis");
      return store;
    };
    const { call, asked } = gateway({
      options: {
        store: {
          read: async (key) => connected().read(key),
          join: async (key, state) => connected().join(key, state),
        },
      },
    });
    await call("tool");
    isDown = true;
    const refused = await call("tool");
    expect(refused).toMatchObject({
      isError: true,
      _meta: { "guardhost/error": { kind: "stateUnavailable" } },
    });
    expect(JSON.stringify(refused)).not.toMatch(/redis|alice/);
    isDown = false;
    expect(await call("tool")).toEqual(text("ok"));
    expect(asked).toHaveLength(2);
  });
});

describe("the key of an agent", () => {
  test("is another one for another identity", () => {
    const identities = [
      { principal: "a" },
      { principal: "a/b" },
      { principal: "a", session: "b" },
      { principal: "a%2Fb" },
      { principal: "a", session: "b/c" },
      { principal: "a/b", session: "c" },
    ];
    expect(new Set(identities.map(agentKey)).size).toBe(identities.length);
  });

  test.each([
    { principal: "" },
    { principal: 1 },
    {},
    { principal: "a", session: "" },
    { principal: "\ud800" },
  ])("is refused for %j", (identity) => {
    expect(() => agentKey(identity as { principal: string })).toThrow(TypeError);
  });
});

describe("agents beyond the limit", () => {
  test("take the place of one that is idle, which loses nothing", async () => {
    const { guarded } = gateway({ guard: diary, options: { mode: "propagate", maxAgents: 1 } });
    const upstream = async () => text("ok");
    const sessionOf = (principal: string) => guarded.session({ principal, upstream });
    const request = (name: string) => ({ method: "tools/call", params: { name } });
    await sessionOf("alice").handle("server", request("read"));
    expect(await sessionOf("bob").handle("server", request("write"))).toEqual(text("ok"));
    expect(await sessionOf("alice").handle("server", request("write"))).toMatchObject({ isError: true });
  });

  test("are refused while all are at work", async () => {
    let release: (() => void) | undefined;
    const { guarded, call } = gateway({
      options: { maxAgents: 1 },
      upstream: () =>
        new Promise((resolve) => {
          release = () => resolve(text("ok"));
        }),
    });
    const first = call("tool");
    await expect.poll(() => release).toBeDefined();
    const bob = guarded.session({ principal: "bob", upstream: async () => text("ok") });
    await expect(
      bob.handle("server", { method: "tools/call", params: { name: "tool" } }),
    ).rejects.toMatchObject({
      code: -32014,
      data: { kind: "unavailable" },
    });
    release?.();
    expect(await first).toEqual(text("ok"));
  });
});

test("an agent is never seen with the labels of only some guards", async () => {
  const memory = new MemoryLabelStore();
  const seen: unknown[] = [];
  const store: LabelStore = {
    read: (key) => memory.read(key),
    join: (key, state) => {
      const joined = memory.join(key, state);
      seen.push(joined.secrecy.tags);
      return joined;
    },
  };
  const guardOf = (secrecy: string[]) => fakeGuard({ labelAgent: () => agent({ secrecy }) });
  const guarded = guardMcp({
    store,
    servers: { one: { guard: guardOf([]), policy: {} }, two: { guard: guardOf(["internal"]), policy: {} } },
  });
  const session = guarded.session({ principal: "alice", upstream: async () => text("ok") });
  await session.handle("one", { method: "tools/call", params: { name: "tool" } });
  expect(seen).toEqual([["internal"]]);
});
