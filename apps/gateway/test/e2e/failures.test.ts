import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, textOf } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { readSecret, tellTheWorld } from "../support/exfiltration.js";
import { freePort } from "../support/free-port.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Load } from "../support/load.js";
import { Recorder } from "../support/recorder.js";
import { hasRedis, RedisServer } from "../support/redis-server.js";
import { filesystemGuard, filesystemServer, SECRET, Share } from "../support/share.js";

let recorder: Recorder;
let share: Share;

beforeEach(async () => {
  recorder = await Recorder.create();
  share = await Share.create();
});

afterEach(async () => {
  await recorder[Symbol.asyncDispose]();
  await share[Symbol.asyncDispose]();
});

const config = (others: object = {}) => ({
  mcpServers: {
    files: filesystemServer(share, "propagate", { secrecy: [], integrity: [] }),
    forum: recorder.config({ unguarded: true }),
  },
  guards: { filesystem: filesystemGuard },
  gateway: { port: 0, auth: false, mode: "propagate", ...others },
});

const say = { name: "forum___say", arguments: { text: "hello" } };
const page = { name: "files___read_text_file", arguments: { path: "public/handbook.md" } };

/** Processes that were started with `text` among their arguments. */
async function processesWith(text: string): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    // A process may end while it is looked at.
    ids.map(async (id) =>
      (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")).includes(text) ? [Number(id)] : [],
    ),
  );
  return found.flat();
}

async function clientsOf(url: string, count: number): Promise<Client[]> {
  return Promise.all(Array.from({ length: count }, () => connect(`${url}/mcp`)));
}

const closeAll = (clients: readonly Client[]) => Promise.all(clients.map((client) => client.close()));

describe("a server", () => {
  test("that is killed during load fails its own calls, and comes back by itself", async () => {
    await using gateway = await GatewayProcess.start(config());
    const clients = await clientsOf(gateway.url, 10);
    const atForum = new Load(clients.slice(0, 5), say);
    const atFiles = new Load(clients.slice(5), page);
    await eventually(() => expect(Math.min(atForum.succeeded, atFiles.succeeded)).toBeGreaterThan(50));
    const [server] = await processesWith(`${recorder.directory}/told.jsonl`);
    process.kill(server ?? 0, "SIGKILL");
    await eventually(() => expect(atForum.failed).toBeGreaterThan(0));
    const { succeeded } = atForum;
    await eventually(() => expect(atForum.succeeded).toBeGreaterThan(succeeded + 50));
    const [forum, files] = await Promise.all([atForum.stop(), atFiles.stop()]);
    for (const failure of forum.failures) expect(failure).toMatch(/could not be reached|has not answered/);
    expect([...files.failures]).toEqual([]);
    await closeAll(clients);
    expect(await gateway.end()).toBe(0);
  });

  test("that ends in the middle of a call fails that call", async () => {
    await using gateway = await GatewayProcess.start(config());
    await using client = await connect(`${gateway.url}/mcp`);
    const died = await client.callTool({ name: "forum___die", arguments: {} }).catch((error: Error) => error);
    expect(died).toMatchObject({
      message: expect.stringContaining("Whether it has carried the request out is unknown"),
      data: { kind: "upstreamFailed" },
    });
    expect(died).not.toHaveProperty("data.isExecuted");
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({
        message: "a server was lost before it answered",
        server: "forum",
        error: "CONNECTION_CLOSED",
      }),
    );
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({ message: "a server is lost", server: "forum", exitCode: 7 }),
    );
    expect(textOf(await client.callTool(page))).toBe("Be kind.\n");
    await eventually(async () => expect(textOf(await client.callTool(say))).toBe("hello"));
  });

  test("that cannot be started fails its own calls, and says why to the operator", async () => {
    const broken = {
      command: process.execPath,
      args: ["-e", "console.error('no licence', process.env.LICENCE); process.exit(3)"],
      env: { LICENCE: "a-secret-licence" },
    };
    const { mcpServers, ...others } = config();
    await using gateway = await GatewayProcess.start({
      ...others,
      mcpServers: { ...mcpServers, broken: { ...broken, unguarded: true } },
    });
    await using client = await connect(`${gateway.url}/mcp`);
    const { tools } = await client.listTools();
    expect(tools.some(({ name }) => name.startsWith("forum___"))).toBe(true);
    expect(tools.some(({ name }) => name.startsWith("broken___"))).toBe(false);
    expect(textOf(await client.callTool(page))).toBe("Be kind.\n");
    await eventually(async () => {
      const health = await (await fetch(`${gateway.url}/health`)).json();
      expect(health).toMatchObject({ status: "degraded", servers: { broken: "down", files: "ready" } });
    });
    // It is tried again meanwhile, and stays one outage.
    const seen = new Set<string>();
    const attempts = () =>
      gateway.logs.filter(({ message }) => message === "a server cannot be reached").length;
    while (attempts() < 3) {
      const { servers } = await (await fetch(`${gateway.url}/health`)).json();
      seen.add(servers.broken);
    }
    expect([...seen]).toEqual(["down"]);
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({
        message: "a server cannot be reached",
        server: "broken",
        exitCode: 3,
        stderr: "no licence ***",
      }),
    );
  });

  test.each([
    ["whose program is not there", { command: "no-such-program" }, /^there is no program no-such-program: /],
    [
      "whose folder is not there",
      { command: process.execPath, cwd: "no-such-folder" },
      /^there is no folder \S+no-such-folder to start it in: /,
    ],
  ])("%s says so to the operator, and tells agents that nothing was done", async (_, absent, why) => {
    const { mcpServers, ...others } = config();
    await using gateway = await GatewayProcess.start({
      ...others,
      mcpServers: { ...mcpServers, absent: { ...absent, unguarded: true } },
    });
    await using client = await connect(`${gateway.url}/mcp`);
    await expect(client.callTool({ name: "absent___anything" })).rejects.toMatchObject({
      code: -32_013,
      data: { isExecuted: false },
    });
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({ message: "a server cannot be reached", error: expect.stringMatching(why) }),
    );
    expect(JSON.stringify(gateway.logs)).not.toContain("exitCode");
  });

  test("over HTTP that refuses is told of without what it has said", async () => {
    const refusing = createServer((request, response) => {
      response.writeHead(500).end(`denied for ${request.headers.authorization}`);
    }).listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    const headers = { Authorization: "Bearer an-upstream-secret" };
    const { mcpServers, ...others } = config();
    await using gateway = await GatewayProcess.start({
      ...others,
      mcpServers: { ...mcpServers, refusing: { url, headers, unguarded: true } },
    });
    await using client = await connect(`${gateway.url}/mcp`);
    await client.listTools();
    await eventually(() =>
      expect(gateway.logs).toContainEqual(
        expect.objectContaining({ message: "a server cannot be reached", error: "HTTP status 500" }),
      ),
    );
    expect(JSON.stringify(gateway.logs)).not.toContain("an-upstream-secret");
    refusing.close();
  });

  test("over HTTP that is started again is used again, without a word to the client", async () => {
    const port = await freePort();
    const inner = () => GatewayProcess.start(config({ port }));
    let server = await inner();
    try {
      await using gateway = await GatewayProcess.start({
        mcpServers: { inner: { url: `http://127.0.0.1:${port}/mcp`, unguarded: true } },
        gateway: { port: 0, auth: false },
      });
      await using client = await connect(`${gateway.url}/mcp`);
      const call = { name: "inner___forum___say", arguments: { text: "hello" } };
      expect(textOf(await client.callTool(call))).toBe("hello");
      await server.end("SIGKILL");
      await expect(client.callTool(call)).rejects.toThrow(/could not be reached|has not answered/);
      // The code of the operating system, or that of what the connection has said instead.
      expect(gateway.logs).toContainEqual(
        expect.objectContaining({ server: "inner", error: expect.stringMatching(/^(ECONN|UND_ERR_)/) }),
      );
      await server[Symbol.asyncDispose]();
      server = await inner();
      await eventually(async () => expect(textOf(await client.callTool(call))).toBe("hello"));
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });

  test("over HTTP that answers 400 to a session that it has lost is used again as well", async () => {
    const port = await freePort();
    const everything = createRequire(import.meta.url).resolve(
      "@modelcontextprotocol/server-everything/dist/index.js",
    );
    const start = async () => {
      const child = spawn(process.execPath, [everything, "streamableHttp"], {
        env: { ...process.env, PORT: String(port) },
        stdio: "ignore",
      });
      await eventually(() => fetch(`http://127.0.0.1:${port}/mcp`));
      return child;
    };
    const end = async (child: ChildProcess) => {
      if (child.kill("SIGKILL")) await once(child, "close");
    };
    let server = await start();
    try {
      await using gateway = await GatewayProcess.start({
        mcpServers: { inner: { url: `http://127.0.0.1:${port}/mcp`, unguarded: true } },
        gateway: { port: 0, auth: false },
      });
      await using client = await connect(`${gateway.url}/mcp`);
      const call = { name: "inner___echo", arguments: { message: "hello" } };
      await eventually(async () => expect(textOf(await client.callTool(call))).toBe("Echo: hello"));
      await end(server);
      server = await start();
      await eventually(async () => expect(textOf(await client.callTool(call))).toBe("Echo: hello"));
    } finally {
      await end(server);
    }
  });
});

describe.skipIf(!hasRedis)("with labels in Redis (needs redis-server)", () => {
  let redis: RedisServer;

  beforeEach(async () => {
    redis = await RedisServer.start();
  });

  afterEach(() => redis[Symbol.asyncDispose]());

  const shared = () => config({ store: { url: redis.url, timeoutMs: 500 } });

  test.each([
    ["killed", () => redis.kill(), () => redis.start()],
    ["silent", async () => redis.pause(), async () => redis.resume()],
  ])("a store that is %s during load refuses calls until it is back", async (_, lose, restore) => {
    await using gateway = await GatewayProcess.start(shared());
    const clients = await clientsOf(gateway.url, 5);
    const load = new Load(clients, page);
    await eventually(() => expect(load.succeeded).toBeGreaterThan(50));
    await lose();
    await eventually(() => expect(load.failed).toBeGreaterThan(0));
    if (_ === "killed") {
      const health = await fetch(`${gateway.url}/health`);
      expect([health.status, await health.json()]).toMatchObject([503, { status: "unavailable" }]);
    }
    await restore();
    const { succeeded } = load;
    await eventually(() => expect(load.succeeded).toBeGreaterThan(succeeded + 50));
    const { failures } = await load.stop();
    for (const failure of failures) expect(failure).toContain("labels of this agent cannot be reached");
    await closeAll(clients);
    expect(await gateway.end()).toBe(0);
  });

  test("nothing leaks while the store is away, nor afterwards", async () => {
    await using gateway = await GatewayProcess.start(shared());
    await using client = await connect(`${gateway.url}/mcp`);
    expect(await readSecret(client)).toContain(SECRET);
    await redis.kill();
    expect(await tellTheWorld(client)).toEqual([]);
    expect(await readSecret(client)).not.toContain(SECRET);
    await redis.start();
    await eventually(async () => expect(await readSecret(client)).toContain(SECRET));
    expect(await tellTheWorld(client)).toEqual([]);
    expect(recorder.text).not.toContain(SECRET);
  });

  test("one of two replicas that is killed during load leaves the other to go on, with all that was read", async () => {
    await using lost = await GatewayProcess.start(shared());
    await using other = await GatewayProcess.start(shared());
    await using reader = await connect(`${lost.url}/mcp`);
    expect(await readSecret(reader)).toContain(SECRET);
    const clients = [...(await clientsOf(lost.url, 4)), ...(await clientsOf(other.url, 4))];
    const atLost = new Load(clients.slice(0, 4), page);
    const atOther = new Load(clients.slice(4), page);
    await eventually(() => expect(Math.min(atLost.succeeded, atOther.succeeded)).toBeGreaterThan(30));
    await lost.end("SIGKILL");
    const { succeeded } = atOther;
    await eventually(() => expect(atOther.succeeded).toBeGreaterThan(succeeded + 50));
    expect([...(await atOther.stop()).failures]).toEqual([]);
    await closeAll(clients.slice(0, 4));
    await atLost.stop();
    await using survivor = await connect(`${other.url}/mcp`);
    expect(await tellTheWorld(survivor)).toEqual([]);
    expect(recorder.text).not.toContain(SECRET);
    await closeAll(clients.slice(4));
    expect(await other.end()).toBe(0);
  });

  test("a gateway starts without its store, and serves once that is there", async () => {
    await redis.kill();
    await using gateway = await GatewayProcess.start(shared());
    await using client = await connect(`${gateway.url}/mcp`);
    expect(JSON.stringify(await client.callTool(page))).toContain("cannot be reached");
    await redis.start();
    await eventually(async () => expect(textOf(await client.callTool(page))).toBe("Be kind.\n"));
  });
});
