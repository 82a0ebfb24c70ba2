/**
 * How long it takes to prepare a module: cold, as the first thing that a fresh process does with the rewriter, and warm. Of the
 * guards here, with their functions as often as it takes for 300 KB and 3 MB.
 *
 *   node --no-warnings dist/rewriting.js [--processes 9]
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { prepare } from "@guardhost/rewrite";
import { wasmUrl } from "./fixtures.js";
import { runApart } from "./run-apart.js";
import { moduleOfSize } from "./scaled-module.js";
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
if (values.guard === undefined) await printAll(Number(values.processes));
else console.log(JSON.stringify(sample(values.guard, Number(values.bytes))));

async function printAll(processes: number): Promise<void> {
  const rows: object[] = [];
  for (const { guard, bytes } of subjects) {
    if (!existsSync(urlOf(guard))) continue;
    const args = ["--guard", guard, "--bytes", String(bytes)];
    const samples: Sample[] = [];
    for (let i = 0; i < processes; i++) samples.push(await runApart(new URL(import.meta.url), args));
    const median = (of: (sample: Sample) => number) => quantile(samples.map(of), 0.5).toFixed(1);
    rows.push({
      guard,
      KB: samples[0]?.kilobytes,
      "cold ms": median(({ cold }) => cold),
      "cold ms on the clock": median(({ coldClock }) => coldClock),
      "warm ms": median(({ warm }) => warm),
    });
  }
  console.table(rows);
}

function sample(guard: string, bytes: number): Sample {
  const module = moduleOfSize(readFileSync(urlOf(guard)), bytes);
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

function urlOf(guard: string): URL {
  return new URL(`${guard}.wasm`, wasmUrl);
}
