/**
 * `wasmer()` against a process of the same SDK that echoes 200 bytes, and against `native()`: one `label_resource` of 200 bytes. Then
 * what a byte of a response costs at several sizes, and what a session costs from its beginning to its first answer: the first
 * one, with the SDK's start, and the last of many. Times are those on the clock, as most of them is waiting, but for bytes: what they cost
 * of the processor, all threads together, is the same on a busy machine.
 *
 *   node --no-warnings dist/wasmer.js [--calls 20000] [--sessions 100]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, type Guard, loadGuard, native } from "@guardhost/native";
import { wasmer } from "@guardhost/wasmer";
import { startEcho } from "./echo-process.js";
import { allowedDirectories, fileOf, policy, readGuard, smallCall } from "./fixtures.js";
import { mediansOfCalls, processorTime } from "./side-by-side.js";
import { quantile } from "./statistics.js";

const { values } = parseArgs({
  options: { calls: { type: "string", default: "20000" }, sessions: { type: "string", default: "100" } },
});
const calls = Number(values.calls);
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
const medians = await mediansOfCalls(
  {
    echo: () => echo.echo(request),
    native: () => nativeSession.labelResource(smallCall),
    labelResource: () => session.labelResource(smallCall),
  },
  calls,
);
await echo.close();
console.log({
  "echo µs": Number(medians.echo.toFixed(1)),
  "native µs": Number(medians.native.toFixed(1)),
  "label_resource µs": Number(medians.labelResource.toFixed(1)),
  "times an echo and native": Number((medians.labelResource / (medians.echo + medians.native)).toFixed(2)),
});

const perByte: Record<string, object> = {};
for (const size of [64 * 1024, 1024 * 1024, 7.5 * 1024 * 1024]) {
  const { call: read, result } = fileOf(size);
  const times: { readonly clock: number; readonly processor: number }[] = [];
  for (let round = 0; round < 11; round++) {
    const [start, worked] = [clock(), processorTime()];
    await session.labelResponse(read, result);
    times.push({ clock: clock() - start, processor: processorTime() - worked });
  }
  const medianOf = (kind: "clock" | "processor") =>
    quantile(
      times.map((time) => time[kind]),
      0.5,
    );
  perByte[`${size / 1024} KiB`] = {
    ms: medianOf("clock").toFixed(1),
    "ns of the processor per byte": ((medianOf("processor") * 1e6) / size).toFixed(1),
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
