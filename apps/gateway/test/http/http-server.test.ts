import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect as connectSocket, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { gatewayConfig } from "../../src/config/gateway-config.js";
import { parseConfig } from "../../src/config/load-config.js";
import { HttpServer } from "../../src/http/http-server.js";
import { Keys } from "../../src/http/keys.js";
import { type Route, Routes } from "../../src/http/routes.js";
import { Metrics } from "../../src/telemetry/metrics.js";
import { eventually } from "../support/eventually.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: HttpServer | undefined;

afterEach(() => server?.close());

/** How it is served. */
interface ServeOptions {
  readonly keys?: Keys;
  readonly patienceMs?: number;
}

/** Listens, with one route. Returns the port. */
async function serve(handle: Route["handle"], { keys, patienceMs }: ServeOptions = {}): Promise<number> {
  const routes = new Routes();
  routes.add("/", { methods: ["GET", "POST"], access: "principal", handle });
  const config = gatewayConfig.parse({
    port: 0,
    auth: false,
    maxSessionsPerPrincipal: 1,
    maxConcurrentCallsPerPrincipal: 2,
  });
  const { logger } = recordingLogger();
  const maxStreamsPerPrincipal = 3;
  server = new HttpServer({
    config,
    routes,
    keys,
    logger,
    metrics: new Metrics(),
    maxStreamsPerPrincipal,
    patienceMs,
  });
  return (await server.listen()).port;
}

async function ask(
  port: number,
  method: "GET" | "POST",
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const request = httpRequest({ port, host: "127.0.0.1", method, headers }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

const get = (port: number) => ask(port, "GET");

/** A request whose answer nobody reads. */
function openAndIgnore(port: number): Socket {
  const socket = connectSocket(port, "127.0.0.1");
  socket.on("error", () => undefined).pause();
  socket.write("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
  return socket;
}

test.each([
  ["GET", "POST"],
  ["POST", "GET"],
] as const)(
  "a principal has so many requests open by %s, and no more, which leave room for %s",
  async (method, other) => {
    const port = await serve(({ response }) => void response.writeHead(200).flushHeaders());
    const open = [await ask(port, method), await ask(port, method), await ask(port, method)];
    expect(open.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect((await ask(port, method)).statusCode).toBe(429);
    expect((await ask(port, other)).statusCode).toBe(200);
    open[0]?.destroy();
    await eventually(async () => {
      const response = await ask(port, method);
      const { statusCode } = response;
      if (statusCode !== 200) response.destroy();
      expect(statusCode).toBe(200);
    });
  },
);

test("who does not read is not waited for, and who is only silent is", async () => {
  const closed: string[] = [];
  let count = 0;
  const port = await serve(
    ({ response }) => {
      const isFirst = count++ === 0;
      response.once("close", () => closed.push(isFirst ? "unread" : "silent"));
      if (isFirst) response.write(Buffer.alloc(67_108_864));
      else response.writeHead(200).flushHeaders();
    },
    { patienceMs: 50 },
  );
  const unread = openAndIgnore(port);
  const silent = await get(port);
  await eventually(() => expect(closed).toEqual(["unread"]));
  // It is looked at some times more.
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(closed).toEqual(["unread"]);
  unread.destroy();
  silent.destroy();
  await eventually(() => expect(closed).toEqual(["unread", "silent"]));
});

test("clients are told to leave an idle connection before the gateway does", async () => {
  const port = await serve(({ response }) => void response.end());
  const { headers } = await get(port);
  expect(headers).toMatchObject({ connection: "keep-alive", "keep-alive": "timeout=55" });
});

test("who sends slowly holds nobody up", async () => {
  const port = await serve(async ({ request, response }) => {
    for await (const _ of request);
    response.end("read");
  });
  const slow = connectSocket(port, "127.0.0.1");
  slow.write("POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\nx");
  const response = await get(port);
  expect(response.statusCode).toBe(200);
  response.destroy();
  slow.destroy();
});

/** Keys, as of a file. */
function keysOf(secrets: Readonly<Record<string, string>>): Promise<Keys> {
  const keys = Object.entries(secrets).map(([name, key]) => ({ name, key, admin: false }));
  const config = { gateway: { auth: { keys } }, mcpServers: { any: { command: "any", unguarded: true } } };
  const parsed = parseConfig(JSON.stringify(config), { file: "gateway.json", env: {} });
  return Keys.load(parsed, keys, recordingLogger().logger);
}

test("what is open by a key that is gone, or is another's now, is cut off, and the rest stays", async () => {
  const [first, second, third] = ["the-first-of-the-keys", "the-second-of-the-keys", "the-third-of-the-keys"];
  const keys = await keysOf({ alice: first, bob: second, carol: third });
  const port = await serve(({ response }) => void response.writeHead(200).flushHeaders(), { keys });
  const closed: string[] = [];
  const open = async (method: "GET" | "POST", key: string) => {
    const response = await ask(port, method, { "x-api-key": key });
    response.on("error", () => undefined);
    response.once("close", () => closed.push(`${method} ${key}`)).resume();
    return response;
  };
  const methods = ["GET", "POST"] as const;
  const responses = await Promise.all(
    [first, second, third].flatMap((key) => methods.map((method) => open(method, key))),
  );
  server?.replaceKeys(await keysOf({ alice: second, carol: third }), 0);
  await eventually(() =>
    expect(closed.toSorted()).toEqual(
      [first, second].flatMap((key) => methods.map((method) => `${method} ${key}`)).toSorted(),
    ),
  );
  expect((await ask(port, "GET", { "x-api-key": first })).statusCode).toBe(401);
  // One that is back in time is as if it had never been gone.
  server?.replaceKeys(await keysOf({ alice: first }), 50);
  server?.replaceKeys(await keysOf({ carol: third }), 50);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(closed).not.toContain(`GET ${third}`);
  for (const response of responses) response.destroy();
});
