/**
 * `wasmer()` against a process of the same SDK that echoes 200 bytes, and against `native()`: one `label_resource` of 200 bytes. Then
 * what a byte of a response costs at several sizes, and what a session costs from its beginning to its first answer: the first
 * one, with the SDK's start, and the last of many. Times are those on the clock, as most of them is waiting.
 *
 *   node --no-warnings dist/wasmer.js [--rounds 101] [--sessions 100]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, type Guard, loadGuard, native } from "@guardhost/native";
import { wasmer } from "@guardhost/wasmer";
import { startEcho } from "./echo-process.js";
import { allowedDirectories, fileOf, policy, readGuard, smallCall } from "./fixtures.js";
import { compare } from "./side-by-side.js";
import { quantile } from "./statistics.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "101" }, sessions: { type: "string", default: "100" } },
});
const rounds = Number(values.rounds);
const sessions = Number(values.sessions);
const clock = () => performance.now();
const options = { policySchema: anyObjectPolicy };
const bytes = await readGuard();

const began = clock();
await using guard = await loadGuard(bytes, { engine: wasmer(), ...options });
await using session = guard.session({ backend: () => allowedDirectories });
await session.labelAgent(policy);
const firstMs = clock() - began;

await using onNative = await loadGuard(bytes, { engine: native({ thread: "caller" }), ...options });
await using nativeSession = onNative.session({ backend: () => allowedDirectories });
await nativeSession.labelAgent(policy);

const echo = await startEcho();
const request = new Uint8Array(200);
const call = await compare(
  { baseline: () => echo.echo(request), subject: () => session.labelResource(smallCall) },
  rounds,
  clock,
);
await echo.close();
const { baselineMicroseconds: nativeMicroseconds } = await compare(
  { baseline: () => nativeSession.labelResource(smallCall), subject: () => undefined },
  11,
  clock,
);
const { baselineMicroseconds, subjectMicroseconds, ratio, quartiles } = call;
console.log({
  "echo µs": Number(baselineMicroseconds.toFixed(0)),
  "native µs": Number(nativeMicroseconds.toFixed(0)),
  "label_resource µs": Number(subjectMicroseconds.toFixed(0)),
  "times an echo": Number(ratio.toFixed(2)),
  quartiles: quartiles.map((quartile) => Number(quartile.toFixed(2))),
  "times an echo and native": Number(
    (subjectMicroseconds / (baselineMicroseconds + nativeMicroseconds)).toFixed(2),
  ),
});

const perByte: Record<string, object> = {};
for (const size of [64 * 1024, 1024 * 1024, 7.5 * 1024 * 1024]) {
  const { call: read, result } = fileOf(size);
  const times: number[] = [];
  for (let round = 0; round < 11; round++) {
    const start = clock();
    await session.labelResponse(read, result);
    times.push(clock() - start);
  }
  const milliseconds = quantile(times, 0.5);
  perByte[`${size / 1024} KiB`] = {
    ms: milliseconds.toFixed(1),
    "ns per byte": ((milliseconds * 1e6) / size).toFixed(1),
  };
}
console.table(perByte);

const startUps: number[] = [];
for (let i = 0; i < sessions; i++) startUps.push(await startSession(guard));
console.log({
  "first session ms, with the SDK": Number(firstMs.toFixed(0)),
  "median session ms": Number(quantile(startUps, 0.5).toFixed(0)),
  [`session ${sessions} ms`]: Number((startUps.at(-1) ?? Number.NaN).toFixed(0)),
});

async function startSession(of: Guard): Promise<number> {
  const start = clock();
  await using fresh = of.session();
  await fresh.labelAgent(policy);
  return clock() - start;
}
