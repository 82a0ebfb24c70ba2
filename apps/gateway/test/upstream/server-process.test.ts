import { expect, test } from "vitest";
import { ServerProcess } from "../../src/upstream/server-process.js";
import { eventually } from "../support/eventually.js";

const stayAlive = "setInterval(() => {}, 1e6);";
const ping = { jsonrpc: "2.0", id: 1, method: "ping" } as const;

function processOf(script: string) {
  const server = new ServerProcess({
    command: process.execPath,
    args: ["-e", script],
    env: {},
    cwd: undefined,
  });
  let isClosed = false;
  server.onclose = () => {
    isClosed = true;
  };
  return { server, isClosed: () => isClosed };
}

test.each([
  ["does not listen any more", `require("node:fs").closeSync(0); ${stayAlive}`],
  ["does not speak any more", `require("node:fs").closeSync(1); ${stayAlive}`],
  ["says what has no end", `process.stdout.write("x".repeat(11_000_000)); ${stayAlive}`],
])("a server that %s, but stays, is ended", async (_, script) => {
  const { server, isClosed } = processOf(script);
  await server.start();
  await eventually(() => {
    server.send(ping).catch(() => undefined);
    expect(isClosed()).toBe(true);
  });
  await expect(server.send(ping)).rejects.toThrow("does not listen");
});

test("one that does not read is written to by many without harm", async () => {
  const { server } = processOf(stayAlive);
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  await server.start();
  const long = { ...ping, params: { text: "x".repeat(1_000_000) } };
  const sending = Array.from({ length: 30 }, () => server.send(long).catch(() => undefined));
  await new Promise((resolve) => setImmediate(resolve));
  await server.close();
  await Promise.race([Promise.all(sending), new Promise((resolve) => setTimeout(resolve, 100))]);
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("one that does not read is sent no more than memory has room for", async () => {
  const { server } = processOf(stayAlive);
  await server.start();
  const long = { ...ping, params: { text: "x".repeat(8_388_608) } };
  // Those that are taken wait until the server reads, which it does not.
  for (let n = 0; n < 9; n++) server.send(long).catch(() => undefined);
  await expect(server.send(ping)).rejects.toThrow("does not read");
  await server.close();
});

test.each([
  [
    "a program that is not there",
    { command: "/no/such/program", cwd: undefined },
    /no program \/no\/such\/program/,
  ],
  [
    "a folder that is not there",
    { command: process.execPath, cwd: "/no/such/folder" },
    /no folder \/no\/such\/folder/,
  ],
  ["a program that is none", { command: "/", cwd: undefined }, /cannot be started \(EACCES\)/],
])("%s rejects", async (_, options, message) => {
  const server = new ServerProcess({ ...options, args: [], env: {} });
  await expect(server.start()).rejects.toThrow(message);
  await server.close();
});

test.each([
  ["by itself", "process.exit(7)", { exitCode: 7 }],
  ["by a signal", "process.kill(process.pid, 'SIGKILL')", { signal: "SIGKILL" }],
])("one that has ended %s says how", async (_, script, exit) => {
  const { server, isClosed } = processOf(script);
  await server.start();
  expect(server.exit()).toBeUndefined();
  await eventually(() => expect(isClosed()).toBe(true));
  expect(server.exit()).toEqual(exit);
});
