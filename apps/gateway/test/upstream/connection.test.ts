import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseConfig } from "../../src/config/load-config.js";
import { Connection } from "../../src/upstream/connection.js";
import { freePort } from "../support/free-port.js";
import { recordingLogger } from "../support/recording-logger.js";

const unheard = {
  signal: new AbortController().signal,
  onNotification: () => undefined,
  onRequest: () => Promise.reject(new Error("nobody is asked")),
};

let connection: Connection;

/** A connection to a server of the older era, at `url`. */
function connectTo(url: string): void {
  const config = parseConfig(
    JSON.stringify({ mcpServers: { web: { url, unguarded: true } }, gateway: { auth: false } }),
    { file: "gateway.json", env: {} },
  ).servers.web;
  if (config === undefined) throw new Error("the server is missing");
  const { logger } = recordingLogger();
  connection = new Connection({ name: "web", config, directory: "/", logger, onChange: () => undefined });
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { id, method } = JSON.parse(body || "{}");
  if (id === undefined) return void response.writeHead(202).end();
  const result =
    method === "initialize"
      ? { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "web", version: "1" } }
      : {};
  const answer =
    method === "server/discover" ? { error: { code: -32_601, message: "no such method" } } : { result };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
});

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await connection.close();
  server.closeAllConnections();
  server.close();
});

test.each([
  [{ code: "ECONNREFUSED", syscall: "connect" }, false],
  [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, false],
  [{ code: "UND_ERR_CONNECT_TIMEOUT" }, false],
  // On a connection that there was.
  [{ code: "EHOSTUNREACH", syscall: "read" }, undefined],
  [{ code: "ECONNRESET", syscall: "write" }, undefined],
  [{ code: "UND_ERR_SOCKET" }, undefined],
])("a request that %j ends has isExecuted %s", async (error, isExecuted) => {
  connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await connection.open();
  const cause = Object.assign(new Error("no"), error);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed", { cause })));
  const failed = await connection
    .request({ method: "tools/call", params: { name: "any" } }, unheard)
    .catch((e) => e);
  expect(failed.isExecuted).toBe(isExecuted);
});

test("a server that is not there has got nothing", async () => {
  connectTo(`http://127.0.0.1:${await freePort()}`);
  await expect(connection.request({ method: "tools/list" }, unheard)).rejects.toMatchObject({
    isExecuted: false,
  });
});
