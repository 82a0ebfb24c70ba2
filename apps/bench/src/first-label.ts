/**
 * How long it takes from a guard's bytes to its first label, as the first thing that a fresh process does: to load a guard of 300 KB on
 * the caller's thread, to give it a policy, and to have a call labelled.
 *
 *   node --no-warnings dist/first-label.js [--processes 9]
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
import { allowedDirectories, policy, smallCall } from "./fixtures.js";
import { scaledGuard } from "./scaled-guard.js";
import { quantile } from "./statistics.js";
import { threadTime } from "./thread-time.js";

const BYTES = 300_000;

/** Milliseconds of one process: of the thread, until the guard is loaded and until the first label, and on the clock. */
interface Sample {
  readonly loaded: number;
  readonly labelled: number;
  readonly clock: number;
}

const { values } = parseArgs({
  options: { processes: { type: "string", default: "9" }, sample: { type: "boolean", default: false } },
});
if (values.sample) console.log(JSON.stringify(await sample()));
else printAll(Number(values.processes));

function printAll(processes: number): void {
  const samples = Array.from({ length: processes }, sampleApart);
  const median = (of: (sample: Sample) => number) => quantile(samples.map(of), 0.5).toFixed(1);
  console.table([
    {
      "loaded, ms": median(({ loaded }) => loaded),
      "first label, ms": median(({ labelled }) => labelled),
      "first label, ms on the clock": median(({ clock }) => clock),
    },
  ]);
}

/** A sample of a process that has done nothing else. */
function sampleApart(): Sample {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "--sample"];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

async function sample(): Promise<Sample> {
  const bytes = scaledGuard("filesystem", BYTES);
  // The first look at a clock costs more than the others.
  threadTime();
  performance.now();
  const [start, clockStart] = [threadTime(), performance.now()];
  await using guard = await loadGuard(bytes, {
    engine: native({ thread: "caller" }),
    policySchema: anyObjectPolicy,
  });
  const loaded = threadTime() - start;
  const session = guard.session({ backend: () => allowedDirectories });
  await session.labelAgent(policy);
  await session.labelResource(smallCall);
  return { loaded, labelled: threadTime() - start, clock: performance.now() - clockStart };
}
