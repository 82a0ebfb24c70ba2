import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, test } from "vitest";
import { connect, createClient } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess, mainFile } from "../support/gateway-process.js";
import { isAlive, StubbornServer } from "../support/stubborn-server.js";

const configOf = (server: object) => ({
  mcpServers: { stubborn: server },
  gateway: { port: 0, auth: false },
});

const hasStarted = (server: StubbornServer) =>
  eventually(() => expect(server.started.length).toBeGreaterThanOrEqual(2));
const isGone = (server: StubbornServer) => eventually(() => expect(server.alive).toEqual([]));

const argsOf = async (server: StubbornServer) => [
  mainFile,
  "--stdio",
  await server.write(configOf(server.config())),
];

/** A gateway over stdio, whose standard input is open. */
async function startStdio(server: StubbornServer): Promise<ChildProcess> {
  return spawn(process.execPath, await argsOf(server), { stdio: ["pipe", "ignore", "ignore"] });
}

describe("no process of a server is left, however stubborn, after", () => {
  test("the end of the gateway's standard input", async () => {
    await using server = await StubbornServer.create();
    const gateway = await startStdio(server);
    await hasStarted(server);
    gateway.stdin?.end();
    expect(await once(gateway, "exit")).toEqual([0, null]);
    await isGone(server);
  });

  test.each([
    ["sends a message that is too large", "pipe", "x".repeat(5_000_000)],
    ["reads nothing any more", "closed", `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\n`],
  ])("a client %s, and keeps its end open", async (_what, output, text) => {
    await using server = await StubbornServer.create();
    const gateway = spawn(process.execPath, await argsOf(server), { stdio: ["pipe", "pipe", "pipe"] });
    let log = "";
    gateway.stderr.setEncoding("utf8").on("data", (line) => {
      log += line;
    });
    await hasStarted(server);
    if (output === "closed") gateway.stdout.destroy();
    gateway.stdin.on("error", () => undefined).write(text);
    expect(await once(gateway, "exit")).toEqual([0, null]);
    await isGone(server);
    expect(log).toContain("the connection to the client is lost");
  });

  test("a client closes, as the official one does", async () => {
    await using server = await StubbornServer.create();
    const client = createClient("2025-11-25");
    const args = await argsOf(server);
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: "ignore" }));
    await hasStarted(server);
    await client.close();
    await isGone(server);
  });

  test("a client is killed", async () => {
    await using server = await StubbornServer.create();
    const script = `
      const { spawn } = require("node:child_process");
      const gateway = spawn(process.execPath, process.argv.slice(1), { stdio: ["pipe", "pipe", "ignore"] });
      console.log(gateway.pid);
      setInterval(() => {}, 1e6);`;
    const client = spawn(process.execPath, ["-e", script, ...(await argsOf(server))], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [pid] = (await once(client.stdout, "data")) as [Buffer];
    await hasStarted(server);
    client.kill("SIGKILL");
    await isGone(server);
    await eventually(() => expect(isAlive(Number(pid))).toBe(false));
  });

  test("a second signal, that waits for nothing", async () => {
    await using server = await StubbornServer.create();
    await using gateway = await GatewayProcess.start(configOf(server.config()));
    await hasStarted(server);
    gateway.signal("SIGTERM");
    await eventually(() => expect(gateway.logs.at(-1)?.message).toBe("the gateway is ending"));
    expect(await gateway.end("SIGTERM")).toBe("SIGTERM");
    await isGone(server);
  });

  test("a SIGTERM while the gateway starts", async () => {
    await using server = await StubbornServer.create();
    const gateway = await startStdio(server);
    await hasStarted(server);
    gateway.kill("SIGTERM");
    expect(await once(gateway, "exit")).toEqual([0, null]);
    await isGone(server);
  });

  test("a SIGHUP while the gateway starts, which ends nothing, and the end of its input", async () => {
    await using server = await StubbornServer.create();
    const gateway = await startStdio(server);
    await hasStarted(server);
    gateway.kill("SIGHUP");
    gateway.stdin?.end();
    expect(await once(gateway, "exit")).toEqual([0, null]);
    await isGone(server);
  });

  test("the gateway cannot listen", async () => {
    await using server = await StubbornServer.create();
    await using other = await GatewayProcess.start(configOf(server.config()));
    const { port } = new URL(other.url);
    const taken = { ...configOf(server.config()), gateway: { port: Number(port), auth: false } };
    await expect(GatewayProcess.start(taken)).rejects.toThrow("EADDRINUSE");
    expect(await other.end()).toBe(0);
    await isGone(server);
  });

  test("the session that it was started for", async () => {
    await using server = await StubbornServer.create();
    await using gateway = await GatewayProcess.start(configOf(server.config({ connection: "session" })));
    await using client = await connect(`${gateway.url}/mcp`);
    await client.listTools();
    expect(server.alive).not.toEqual([]);
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    await isGone(server);
  });
});

test("a server that floods standard error is served like any other", async () => {
  await using server = await StubbornServer.create();
  await using gateway = await GatewayProcess.start(configOf(server.config({}, "flood")));
  await using client = await connect(`${gateway.url}/mcp`);
  expect(await client.listTools()).toMatchObject({ tools: [] });
  expect(await gateway.end()).toBe(0);
  await isGone(server);
});
