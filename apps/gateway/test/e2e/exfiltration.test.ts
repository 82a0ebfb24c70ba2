import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, ERAS, type Era } from "../support/clients.js";
import { readSecret, tellTheWorld } from "../support/exfiltration.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";
import { hasRedis, RedisServer } from "../support/redis-server.js";
import { filesystemGuard, filesystemServer, SECRET, Share } from "../support/share.js";

const KEYS = { alice: "alice-has-a-long-key", bob: "bob-has-another-long-key" };

/** In `propagate` the agent knows nothing secret before it has read it; in the others it is cleared for it beforehand. */
const CLEARANCE = { strict: ["hr"], filter: ["hr"], propagate: [] } as const;

describe.each(["strict", "filter", "propagate"] as const)("in the mode %s, who has read a secret", (mode) => {
  let share: Share;
  let forum: Recorder;
  let redis: RedisServer | undefined;
  let gateway: GatewayProcess;

  const config = () => ({
    mcpServers: {
      files: filesystemServer(share, mode, { secrecy: CLEARANCE[mode], integrity: [] }),
      // Anybody may read there, and nobody guards it.
      forum: forum.config({ unguarded: true }),
    },
    guards: { filesystem: filesystemGuard },
    gateway: {
      port: 0,
      mode,
      auth: { keys: Object.entries(KEYS).map(([name, key]) => ({ name, key })) },
      ...(redis === undefined ? {} : { store: { url: redis.url } }),
    },
  });

  const open = (era: Era, to = gateway, key = KEYS.alice) => connect(`${to.url}/mcp`, { era, key });

  beforeAll(async () => {
    share = await Share.create();
    forum = await Recorder.create();
    redis = hasRedis ? await RedisServer.start() : undefined;
    gateway = await GatewayProcess.start(config());
  });

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
    await forum?.[Symbol.asyncDispose]();
    await share?.[Symbol.asyncDispose]();
  });

  async function expectNothingLeaked(): Promise<void> {
    expect(forum.text).not.toContain(SECRET);
    const names = await readdir(share.path("public"));
    expect(names.toSorted()).toEqual(["handbook.md", "press.md"]);
    for (const name of names) expect(await share.read(`public/${name}`)).not.toContain(SECRET);
    expect(await readdir(share.path("hr"))).toEqual(["salaries.csv"]);
  }

  test("could tell the public anything before, unless it was cleared for secrets", async () => {
    await using client = await open("2025-11-25");
    const post = await client.callTool({ name: "forum___post", arguments: { text: "hello" } });
    expect(post.isError ?? false).toBe(mode !== "propagate");
    expect(forum.text.includes("hello")).toBe(mode === "propagate");
  });

  test.each(ERAS)("cannot tell the public, as a client of %s", async (era) => {
    await using client = await open(era);
    expect(await readSecret(client)).toContain(SECRET);
    expect(await tellTheWorld(client)).toEqual([]);
    await expectNothingLeaked();
  });

  test.each(ERAS)("cannot after connecting again, as a client of %s", async (era) => {
    await using client = await open(era);
    expect(await tellTheWorld(client)).toEqual([]);
    await expectNothingLeaked();
  });

  test("cannot while it reads", async () => {
    await using reader = await open("2025-11-25");
    await using writer = await open("2026-07-28");
    const reading = Promise.all(Array.from({ length: 10 }, () => readSecret(reader)));
    expect(await tellTheWorld(writer)).toEqual([]);
    for (const text of await reading) expect(text).toContain(SECRET);
    await expectNothingLeaked();
  });

  test("cannot after guards, policies and keys were read again", async () => {
    await gateway.reload(config());
    await expect
      .poll(() => gateway.logs.map(({ message }) => message), { timeout: 30_000 })
      .toContain("guards, policies and keys were read again");
    await using client = await open("2025-11-25");
    expect(await tellTheWorld(client)).toEqual([]);
    await expectNothingLeaked();
  });

  test.skipIf(!hasRedis)("cannot through another replica (needs redis-server)", async () => {
    await using other = await GatewayProcess.start(config());
    await using client = await open("2025-11-25", other);
    expect(await tellTheWorld(client)).toEqual([]);
    await expectNothingLeaked();
  });

  test.skipIf(!hasRedis)("cannot after the gateway was killed (needs redis-server)", async () => {
    expect(await gateway.end("SIGKILL")).toBe("SIGKILL");
    await gateway[Symbol.asyncDispose]();
    gateway = await GatewayProcess.start(config());
    await using client = await open("2025-11-25");
    expect(await tellTheWorld(client)).toEqual([]);
    await expectNothingLeaked();
  });

  test("is kept from it alone: others have read nothing", async () => {
    await using client = await open("2025-11-25", gateway, KEYS.bob);
    const post = await client.callTool({ name: "forum___post", arguments: { text: "bob was here" } });
    expect(post.isError ?? false).toBe(mode !== "propagate");
  });
});
