import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ModuleName, moduleBytes } from "../../../../packages/conformance/dist/guest/module-bytes.js";
import {
  address,
  ask,
  breakAlloc,
  breakDealloc,
  type Command,
  exit,
  fill,
  growMemory,
  growTable,
  log,
  peek,
  print,
  readInput,
  returnStatus,
  runForEver,
  spin,
  trap,
  waitAnHour,
  write,
} from "../../../../packages/conformance/dist/guest/program.js";
import { connect, textOf } from "../support/clients.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";

const many = (times: number, command: Command) => Array.from({ length: times }, () => command);

/** What a guard can do to its host, by what the call makes it do. Its call has to fail. */
const HARMS: Readonly<Record<string, readonly Command[]>> = {
  "traps: unreachable": [trap("unreachable")],
  "traps: out of bounds": [trap("out of bounds")],
  "traps: division by zero": [trap("division by zero")],
  "traps: null call": [trap("null call")],
  "traps: invalid conversion": [trap("invalid conversion")],
  "traps: endless recursion": [trap("endless recursion")],
  "exits with 0": [exit(0)],
  "exits with 1": [exit(1)],
  "spins in a loop": [spin],
  "lies about its length": [returnStatus(2_147_483_647)],
  "lies about its length, just outside": [returnStatus(4_194_305)],
  "fails with a code": [returnStatus(-99)],
  "wants ever more room": [returnStatus(-2)],
  "answers nothing": [returnStatus(0)],
  "answers no UTF-8": [write(new Uint8Array([0xff, 0xfe, 0x80]))],
  "answers no JSON": [write("{")],
  "answers deeply nested JSON": [fill(address.result, 0x5b, 60_000), peek(address.result, 60_000)],
  "answers labels that are none": [write('{"resource":{"secrecy":"all","integrity":[]},"operation":"read"}')],
  "answers the wildcard": [write('{"resource":{"secrecy":["*"],"integrity":[]},"operation":"read"}')],
  "has an allocator that answers 0": [breakAlloc(0, 0)],
  "has an allocator that points outside": [breakAlloc(0, address.outside)],
  "has an allocator that spins": [breakDealloc(0, "spin")],
  "has an allocator that exits": [breakDealloc(0, "exit")],
  "has an allocator that traps": [breakDealloc(0, "trap")],
  "floods the log, and traps": [...many(500, log(3, "x".repeat(200))), trap("unreachable")],
  "floods its backend, and traps": [...many(200, ask()), trap("unreachable")],
};

/** What a guard can try without harm: the host takes no notice, and its call goes on. */
const TRIES: Readonly<Record<string, readonly Command[]>> = {
  "floods the log": many(500, log(3, "x".repeat(200))),
  "floods its backend": many(200, ask()),
  "writes to standard output": [print(1, "pwned")],
  "reads standard input": [readInput],
  "grows its memory": [growMemory(100_000)],
  "grows its table": [growTable(4_000_000)],
  "waits for an hour": [waitAnHour],
};

/** Guards that run for ever in ways of their own. */
const ENDLESS: readonly ModuleName[] = [
  "endless",
  "endlessCatching",
  "endlessCatchingReferences",
  "endlessTailCalls",
];

/** Not every Node has all of WebAssembly that they are made of. */
const runsHere = (name: ModuleName) => WebAssembly.validate(Buffer.from(moduleBytes(name)));

const NAMES = [...Object.keys(HARMS), ...Object.keys(TRIES), ...ENDLESS, "answer"];

/** Each has a breaker of its own. */
const keyOf = (name: string) => `the-key-of-one-who-${name.replaceAll(/\W+/g, "-")}`;
const WITNESS = "the-key-of-a-witness";

let directory: string;
let recorder: Recorder;
let gateway: GatewayProcess;

const guardFile = async (name: ModuleName) => {
  const file = join(directory, `${name}.wasm`);
  await writeFile(file, moduleBytes(name));
  // Long enough for a busy machine, and waited for by guards that spin.
  return { path: file, timeoutMs: 4_000, policy: {} };
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "guardhost-zoo-"));
  recorder = await Recorder.create();
  const guards = Object.fromEntries(
    await Promise.all(
      (["guard", ...ENDLESS] as const)
        .filter(runsHere)
        .map(async (name) => [name, await guardFile(name)] as const),
    ),
  );
  const server = (guard: string) =>
    recorder.config({ guard, definitions: "trusted", readOnlyTools: ["say"] });
  gateway = await GatewayProcess.start({
    mcpServers: Object.fromEntries(Object.keys(guards).map((name) => [name, server(name)])),
    guards,
    gateway: {
      port: 0,
      mode: "filter",
      auth: {
        keys: [
          { name: "witness", key: WITNESS },
          ...NAMES.map((name, i) => ({ name: `principal-${i}`, key: keyOf(name) })),
        ],
      },
    },
  });
}, 120_000);

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await recorder?.[Symbol.asyncDispose]();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

const program = (commands: readonly Command[]) => `#${commands.join("")}`;
const hello = { name: "say", arguments: { text: "hello" } };

/** Makes a call, with somebody else at work meanwhile; then one that has to succeed. */
async function survives(
  key: string,
  server: string,
  call: { name: string; arguments: Record<string, unknown> },
) {
  await using client = await connect(`${gateway.url}/mcp/${server}`, { key });
  await using witness = await connect(`${gateway.url}/mcp/guard`, { key: WITNESS });
  const [result, ...seen] = await Promise.all([
    client.callTool(call),
    ...Array.from({ length: 3 }, () => witness.callTool(hello)),
  ]);
  for (const other of seen) expect(textOf(other)).toBe("hello");
  expect(textOf(await client.callTool(hello))).toBe("hello");
  return result;
}

describe("a guard that, asked what a call touches,", () => {
  test.each(Object.entries(HARMS))("%s fails its own call", async (name, commands) => {
    const text = program(commands);
    const result = await survives(keyOf(name), "guard", { name: "say", arguments: { text } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/could not (judge the request|be labelled)/);
    expect(recorder.text).not.toContain(JSON.stringify(text));
  });

  test.each(Object.entries(TRIES))("%s gets nowhere", async (name, commands) => {
    const answer = '{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}';
    // What the commands have written comes first, and is no answer.
    const text = program([...commands, write(answer)]);
    const result = await survives(keyOf(name), "guard", { name: "say", arguments: { text } });
    expect(JSON.stringify(result)).not.toContain("pwned");
  });

  for (const name of ENDLESS) {
    const title = `runs for ever as ${name} does fails its own call`;
    test.skipIf(!runsHere(name))(
      runsHere(name) ? title : `${title} (this Node cannot compile it)`,
      async () => {
        const text = program([runForEver(0)]);
        const result = await survives(keyOf(name), name, { name: "say", arguments: { text } });
        expect(result.isError).toBe(true);
        expect(textOf(result)).toContain("(TIMEOUT; try again later)");
      },
    );
  }
});

test("a guard that traps on an answer withholds that answer only", async () => {
  const hex = Buffer.from(`a secret ${program([trap("unreachable")])}`).toString("hex");
  const result = await survives(keyOf("answer"), "guard", { name: "say", arguments: { hex } });
  expect(result.isError).toBe(true);
  expect(textOf(result)).toMatch(/could not judge the result \(TRAPPED\).*must not be repeated/);
  expect(JSON.stringify(result)).not.toContain("a secret");
  expect(gateway.logs).toContainEqual(
    expect.objectContaining({
      message: "an instance of the guard was lost",
      guard: "guard",
      code: "TRAPPED",
    }),
  );
});

test("who makes a guard fail again and again is kept from it, and others are not", async () => {
  const key = keyOf("answer");
  await using client = await connect(`${gateway.url}/mcp/guard`, { key });
  const harm = { name: "say", arguments: { text: program([trap("unreachable")]) } };
  for (let i = 0; i < 5; i++) await client.callTool(harm);
  expect(textOf(await client.callTool(hello))).toContain("UNHEALTHY");
  await using witness = await connect(`${gateway.url}/mcp/guard`, { key: WITNESS });
  expect(textOf(await witness.callTool(hello))).toBe("hello");
  const headers = { "x-api-key": WITNESS };
  expect(await (await fetch(`${gateway.url}/health`, { headers })).json()).toMatchObject({
    status: "degraded",
    guards: { guard: { pausedPrincipals: 1 } },
  });
  const metrics = await (await fetch(`${gateway.url}/metrics`, { headers })).text();
  expect(metrics).toMatch(/^guardhost_gateway_guard_paused\{.*guard="guard".*\} 1$/m);
});

test("afterwards the gateway serves, has said nothing of calls, and ends as it should", async () => {
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  expect(JSON.stringify(gateway.logs)).not.toMatch(/xxxx|a secret|pwned/);
  expect(await gateway.end()).toBe(0);
});

describe("a guard that cannot be used keeps the gateway from starting:", () => {
  test.each<[ModuleName, RegExp]>([
    ["trapAtStart", /TRAPPED/],
    ["exitAtStart", /EXITED/],
    ["endlessAtStart", /TIMEOUT/],
    ["trapInInitialize", /TRAPPED/],
    ["endlessInInitialize", /TIMEOUT/],
    ["noLabelAgent", /INVALID_MODULE.*label_agent/s],
    ["threads", /INVALID_MODULE/],
    ["memory64", /INVALID_MODULE/],
    ["forgedCountdown", /INVALID_MODULE/],
    ["importFromElsewhere", /INVALID_MODULE.*wasi_unstable/s],
    ["noAllocator", /INVALID_MODULE.*alloc/s],
  ])("%s", async (name, message) => {
    const config = {
      mcpServers: { forum: recorder.config({ guard: "hostile" }) },
      guards: { hostile: await guardFile(name) },
      gateway: { port: 0, auth: false },
    };
    await expect(GatewayProcess.start(config)).rejects.toThrow(message);
  });
});
