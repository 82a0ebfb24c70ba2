/**
 * `wasi()`, with arguments, an environment and files, against `native()`: the same guards, on the same inputs, interleaved in one
 * process. Prints the median ratio of each call, and of a session from its beginning to its end, which is what start-up
 * costs; and how the process grows with 10,000 sessions of a guard that reads a file, one after the other. `tag-go` is the one that uses
 * the shim: the others import nothing of WASI. Guards whose tool chain is absent are left out.
 *
 *   node --single-threaded-gc --expose-gc --no-warnings dist/wasi.js [--rounds 101] [--sessions 10000]
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  anyObjectPolicy,
  type Guard,
  type GuardEngine,
  type GuardSession,
  loadGuard,
  native,
} from "@guardhost/native";
import { wasi } from "@guardhost/wasi";
import {
  allowedDirectories,
  fileOf,
  issuesOf,
  policy,
  smallCall,
  smallTagCall,
  tagPolicy,
  wasmUrl,
} from "./fixtures.js";
import { processState } from "./process-state.js";
import { type Comparison, compare } from "./side-by-side.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "101" }, sessions: { type: "string", default: "10000" } },
});
const rounds = Number(values.rounds);
const sessions = Number(values.sessions);
const engines: readonly [GuardEngine, GuardEngine] = [
  native({ thread: "caller" }),
  wasi({
    thread: "caller",
    args: ["guard"],
    env: { LANG: "C" },
    files: { "/etc/tag-rules.json": JSON.stringify(tagPolicy) },
    writable: ["/tmp"],
  }),
];
const guards = {
  filesystem: { policy, call: smallCall, response: fileOf(16 * 1024) },
  "tag-c": { policy: tagPolicy, call: smallTagCall, response: issuesOf(16 * 1024) },
  "tag-go": { policy: tagPolicy, call: smallTagCall, response: issuesOf(16 * 1024) },
};

const rows: Record<string, object> = {};
for (const [name, { policy, call, response }] of Object.entries(guards)) {
  const url = new URL(`${name}.wasm`, wasmUrl);
  if (!existsSync(url)) continue;
  const bytes = new Uint8Array(readFileSync(url));
  const [ofNative, ofWasi] = [await load(bytes, engines[0]), await load(bytes, engines[1])] as const;
  await using baseline = ofNative.session({ backend: () => allowedDirectories });
  await using subject = ofWasi.session({ backend: () => allowedDirectories });
  for (const session of [baseline, subject]) await session.labelAgent(policy);
  const measure = async (what: string, run: (session: GuardSession) => unknown) => {
    rows[`${name}: ${what}`] = rowOf(
      await compare({ baseline: () => run(baseline), subject: () => run(subject) }, rounds),
    );
  };
  await measure("200 B", (session) => session.labelResource(call));
  await measure("16 KiB", (session) => session.labelResponse(response.call, response.result));
  const start = (guard: Guard) => () => startSession(guard, policy);
  rows[`${name}: start-up`] = rowOf(
    await compare({ baseline: start(ofNative), subject: start(ofWasi) }, rounds),
  );
  for (const guard of [ofNative, ofWasi]) await guard.close();
}
console.table(rows);
const readsFile = new URL("tag-c-rules-file.wasm", wasmUrl);
if (existsSync(readsFile)) console.log(await growthOf(new Uint8Array(readFileSync(readsFile))));

/** What the process holds before and after many sessions. */
async function growthOf(bytes: Uint8Array<ArrayBuffer>): Promise<object> {
  const [, engine] = engines;
  await using guard = await load(bytes, engine);
  for (let i = 0; i < 100; i++) await startSession(guard, {});
  const before = await processState();
  const start = performance.now();
  for (let i = 0; i < sessions; i++) await startSession(guard, {});
  const millisecondsEach = Number(((performance.now() - start) / sessions).toFixed(2));
  return { sessions, millisecondsEach, before, after: await processState() };
}

async function startSession(guard: Guard, policy: object): Promise<void> {
  await using session = guard.session();
  await session.labelAgent(policy);
}

function load(bytes: Uint8Array<ArrayBuffer>, engine: GuardEngine): Promise<Guard> {
  return loadGuard(bytes, { engine, policySchema: anyObjectPolicy });
}

function rowOf({ ratio, quartiles, baselineMicroseconds, subjectMicroseconds }: Comparison): object {
  return {
    "wasi / native": ratio.toFixed(3),
    quartiles: quartiles.map((quartile) => quartile.toFixed(3)).join(" to "),
    "native µs": baselineMicroseconds.toFixed(1),
    "wasi µs": subjectMicroseconds.toFixed(1),
  };
}
