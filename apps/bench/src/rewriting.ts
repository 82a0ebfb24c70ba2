/**
 * How long it takes to prepare a module: cold, as the first thing that a fresh process does with the rewriter, and warm. Of the
 * guards here, with their functions as often as it takes for 300 KB and 3 MB.
 *
 *   node --no-warnings dist/rewriting.js [--processes 9]
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepare } from "@guardhost/rewrite";
import { guardUrl, scaledGuard } from "./scaled-guard.js";
import { quantile } from "./statistics.js";
import { threadTime } from "./thread-time.js";

const CAPS = { maxMemoryPages: 512, maxTableElements: 100_000 };
/** Runs of one process: the first one is cold, and from the second half of them on it is warm. */
const RUNS = 20;
const KB = 1000;
const subjects = [
  { guard: "filesystem", bytes: 300 * KB },
  { guard: "tag-c", bytes: 300 * KB },
  { guard: "filesystem", bytes: 3_000 * KB },
  { guard: "tag-go", bytes: 0 },
];

/** Milliseconds of one process: of the thread that prepares, and on the clock. */
interface Sample {
  readonly kilobytes: number;
  readonly cold: number;
  readonly coldClock: number;
  readonly warm: number;
}

const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "9" },
    guard: { type: "string" },
    bytes: { type: "string", default: "0" },
  },
});
if (values.guard === undefined) printAll(Number(values.processes));
else console.log(JSON.stringify(sample(values.guard, Number(values.bytes))));

function printAll(processes: number): void {
  const rows = subjects
    .filter(({ guard }) => existsSync(guardUrl(guard)))
    .map(({ guard, bytes }) => {
      const samples = Array.from({ length: processes }, () => sampleApart(guard, bytes));
      const median = (of: (sample: Sample) => number) => quantile(samples.map(of), 0.5).toFixed(1);
      return {
        guard,
        KB: samples[0]?.kilobytes,
        "cold ms": median(({ cold }) => cold),
        "cold ms on the clock": median(({ coldClock }) => coldClock),
        "warm ms": median(({ warm }) => warm),
      };
    });
  console.table(rows);
}

/** A sample of a process that has done nothing else. */
function sampleApart(guard: string, bytes: number): Sample {
  const script = fileURLToPath(import.meta.url);
  const args = [...process.execArgv, script, "--guard", guard, "--bytes", String(bytes)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function sample(guard: string, bytes: number): Sample {
  const module = scaledGuard(guard, bytes);
  // The first look at a clock costs more than the others.
  threadTime();
  performance.now();
  const times: number[] = [];
  let coldClock = 0;
  for (let run = 0; run < RUNS; run++) {
    const [start, clockStart] = [threadTime(), performance.now()];
    prepare(module, CAPS);
    if (run === 0) coldClock = performance.now() - clockStart;
    times.push(threadTime() - start);
  }
  return {
    kilobytes: Math.round(module.length / KB),
    cold: times[0] as number,
    coldClock,
    warm: quantile(times.slice(RUNS / 2), 0.5),
  };
}
