/**
 * What the first label costs: milliseconds from the bytes of a guard of 300 KB to the answer of `label_resource`, rewriting
 * included, each time in a process that has done nothing else, by the clock and of the caller's thread; and the same for a second
 * session of that guard, by the clock.
 *
 *   node --no-warnings dist/cold-start.js [--processes 15] [--json]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
import { allowedDirectories, policy, readGuard, smallCall } from "./fixtures.js";
import { runApart } from "./run-apart.js";
import { moduleOfSize } from "./scaled-module.js";
import { quantile } from "./statistics.js";
import { threadTime } from "./thread-time.js";

const MODULE_BYTES = 300_000;
type Thread = "caller" | "worker";
interface Sample {
  readonly firstMs: number;
  readonly threadMs: number;
  readonly secondMs: number;
}

const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "15" },
    json: { type: "boolean" },
    sample: { type: "string" },
  },
});
if (values.sample !== undefined) console.log(JSON.stringify(await sample(values.sample as Thread)));
else await printAll(Number(values.processes));

async function printAll(processes: number): Promise<void> {
  const rows: Record<string, object> = {};
  for (const thread of ["caller", "worker"] as const) {
    const samples: Sample[] = [];
    for (let i = 0; i < processes; i++)
      samples.push(await runApart<Sample>(new URL(import.meta.url), ["--sample", thread]));
    const median = (of: (sample: Sample) => number) => Number(quantile(samples.map(of), 0.5).toFixed(1));
    rows[thread] = {
      "first label ms": median(({ firstMs }) => firstMs),
      "of the thread ms": median(({ threadMs }) => threadMs),
      "second session ms": median(({ secondMs }) => secondMs),
    };
  }
  if (values.json) console.log(JSON.stringify(rows));
  else console.table(rows);
}

async function sample(thread: Thread): Promise<Sample> {
  const wasm = moduleOfSize(await readGuard(), MODULE_BYTES);
  // The first look at a clock costs more than the others.
  threadTime();
  performance.now();
  const [start, threadStart] = [performance.now(), threadTime()];
  await using guard = await loadGuard(wasm, { engine: native({ thread }), policySchema: anyObjectPolicy });
  const label = async () => {
    const session = guard.session({ backend: () => allowedDirectories });
    await session.labelAgent(policy);
    await session.labelResource(smallCall);
  };
  await label();
  const [first, threadMs] = [performance.now(), threadTime() - threadStart];
  await label();
  return { firstMs: first - start, threadMs, secondMs: performance.now() - first };
}
