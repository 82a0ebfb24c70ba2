import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moduleBytes } from "../../../../packages/conformance/dist/guest/module-bytes.js";
import { ask, program } from "../../../../packages/conformance/dist/guest/program.js";
import { connect, textOf } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";

let directory: string;
let recorder: Recorder;
let gateway: GatewayProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "guardhost-busy-"));
  recorder = await Recorder.create();
  const path = join(directory, "guard.wasm");
  await writeFile(path, moduleBytes("guard"));
  gateway = await GatewayProcess.start({
    mcpServers: { forum: recorder.config({ guard: "any", policy: { any: {} }, backendTools: ["slow"] }) },
    guards: { any: { path, timeoutMs: 50_000 } },
    gateway: { port: 0, auth: false },
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await recorder?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

test("all calls that a principal may have at work wait for its guard, in all its sessions", async () => {
  const clients = await Promise.all(Array.from({ length: 5 }, () => connect(`${gateway.url}/mcp`)));
  const say = (at: number, text: string) =>
    clients[at % clients.length]?.callTool({ name: "forum___say", arguments: { text } });
  // Keeps the guard for a while.
  const first = say(0, Buffer.from(program(ask({ tool: "slow", args: '{"ms":3000}' }))).toString());
  await eventually(() => expect(recorder.text).toContain('"slow"'));
  const answers = await Promise.all(Array.from({ length: 240 }, (_, at) => say(at, "hello")));
  expect(new Set(answers.map((result) => result && textOf(result)))).toEqual(new Set(["hello"]));
  await first;
  await Promise.all(clients.map((client) => client.close()));
  expect(await gateway.end()).toBe(0);
});
