/**
 * What a cancel costs and leaves behind, on the caller's thread where guards can be suspended there, and on worker threads:
 * milliseconds from an abort to the rejection of a call whose guard computes for ever, the longest gap between two timers of
 * the caller meanwhile, and what the process holds before and after. Then the same for backends that never answer. Exits with
 * status 1 when a session does not work afterwards, when anything has piled up, or when the median is 20 ms or more, unless
 * its figures are for others to judge (`--json`).
 *
 *   node --expose-gc dist/cancellation.js [--cancels 200] [--unsettled 1000] [--json]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, type GuardSession, loadGuard, native } from "@guardhost/native";
import { ASKS_BACKEND, hostileGuard, SPINS } from "./hostile-guard.js";
import { type ProcessState, processState } from "./process-state.js";
import { quantile } from "./statistics.js";

const { values } = parseArgs({
  options: {
    cancels: { type: "string", default: "200" },
    unsettled: { type: "string", default: "1000" },
    json: { type: "boolean" },
  },
});
const MAX_MEDIAN_MS = 20;
const MAX_GROWTH_MIB = 16;

const wasm = hostileGuard();
const tables: Record<string, object> = {};
let failed = false;
for (const thread of ["caller", "worker"] as const) {
  // One, so that a second one, which may start when the first is busy for long, does not pass for a leak.
  const engine = native({ thread, maxThreads: 1 });
  // Where a guard cannot be suspended on the caller's thread, no abort can happen meanwhile.
  if (!engine.capabilities.timeSliced) continue;
  await using guard = await loadGuard(wasm, { engine, policySchema: anyObjectPolicy });
  const session = guard.session({ backend: () => new Promise(() => undefined) });
  await session.labelAgent({});
  await cancel(session, 5, SPINS);
  await cancel(session, 5, ASKS_BACKEND);
  const cancels = await measured(() => cancel(session, Number(values.cancels), SPINS), 5);
  const unsettled = await measured(() => cancel(session, Number(values.unsettled), ASKS_BACKEND), 1);
  await session.labelResource({ name: "fine" });
  tables[thread] = { "guard computes": cancels.figures, "backend never answers": unsettled.figures };
  failed ||= cancels.failed || unsettled.failed;
}
if (values.json) console.log(JSON.stringify(tables));
else {
  process.exitCode = failed ? 1 : 0;
  for (const [thread, table] of Object.entries(tables)) {
    console.log(`thread: ${thread}`);
    console.table(table);
  }
}

/** Aborts so many calls, and returns how long each took to reject. */
async function cancel(session: GuardSession, times: number, name: string): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < times; i++) {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    let abortedAt = 0;
    setTimeout(
      () => {
        abortedAt = performance.now();
        controller.abort(reason);
      },
      1 + (i % 7),
    );
    try {
      await session.labelResource({ name }, { signal: controller.signal });
      throw new Error("the call was not cancelled");
    } catch (error) {
      if (error !== reason) throw error;
      latencies.push(performance.now() - abortedAt);
    }
  }
  return latencies;
}

async function measured(run: () => Promise<number[]>, timerMs: number) {
  const before = await processState();
  let longestGap = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last);
    last = now;
  }, timerMs);
  const latencies = await run();
  clearInterval(timer);
  const after = await processState();
  const medianMs = quantile(latencies, 0.5);
  return {
    failed: medianMs >= MAX_MEDIAN_MS || hasGrown(before, after),
    figures: {
      cancels: latencies.length,
      "median ms": medianMs.toFixed(2),
      "worst ms": Math.max(...latencies).toFixed(1),
      "longest gap ms": longestGap.toFixed(1),
      threads: `${before.threads} → ${after.threads}`,
      handles: `${before.handles} → ${after.handles}`,
      "heap MiB": `${before.heapMiB} → ${after.heapMiB}`,
      "RSS MiB": `${before.rssMiB} → ${after.rssMiB}`,
    },
  };
}

function hasGrown(before: ProcessState, after: ProcessState): boolean {
  return (
    after.threads > before.threads ||
    after.handles > before.handles ||
    after.heapMiB > before.heapMiB + MAX_GROWTH_MIB
  );
}
