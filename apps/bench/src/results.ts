/**
 * Measures the engines of this repository beside what others would pick, and writes `RESULTS.md` and its chart. Installs the
 * peers first, with npm. Takes some ten minutes, on a machine that does nothing else.
 *
 *   node --expose-gc --no-warnings dist/results.js
 */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { node26 } from "@guardhost/runtimes";
import { latencyChart } from "./peers/chart.js";
import type { Contender, EchoInstance } from "./peers/contender.js";
import { allContenders } from "./peers/contenders.js";
import { echoLatencies, type Latency } from "./peers/echo-latency.js";
import { installPeers } from "./peers/installed.js";
import type { Measure, measures } from "./peers/measures.js";
import { duration, machine, markdownTable, size } from "./peers/report.js";
import { runApart } from "./run-apart.js";
import type { Comparison } from "./side-by-side.js";
import { quantile } from "./statistics.js";

const KIB = 1024;
const SIZES = [200, KIB, 16 * KIB, 64 * KIB, KIB * KIB, 8 * KIB * KIB];
/** Fresh processes for what is measured only once in each. */
const PROCESSES = 9;
const CANCEL_COLUMNS = ["cancels", "median ms", "worst ms", "longest gap ms"];
/** By version. The newer one suspends guards on the caller's thread. */
const nodes = [process.execPath, ...(node26 === undefined ? [] : [node26])].map(
  (node) => [execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1), node] as const,
);
const COMMAND = "npx -y pnpm@12 --filter @guardhost/bench results";

installPeers();
const contenders = await allContenders();
const echoes = await measureEchoes(contenders);
const chart = "results-echo.svg";
const text = await report();
// Both at the end, or one that is interrupted leaves a chart beside another run's table.
await writeFile(new URL(`../${chart}`, import.meta.url), await latencyChart(echoes));
await writeFile(new URL("../RESULTS.md", import.meta.url), text);

async function report(): Promise<string> {
  return `# Results

Measured on ${machine()}, with \`${COMMAND}\`. Machines differ: ratios within a table say
more than its times.

## Echo

A guest that answers with a copy of the bytes it gets: median, and 99th percentile in brackets. All hosts take turns in one
process. Ours are called through a channel, with an output buffer that takes each answer at once. The loop by hand runs the same
guest, not rewritten, without checks, limits or deadlines, and copies answers as most would, with \`new Uint8Array(view)\`; ours cut
those up to 8 KiB out of a larger buffer and fill those up to 512 KiB with \`set\`, which is how they can be ahead of it. Extism is called with
the \`reset()\` that it needs between two calls, which is not counted. Guests of Extism move bytes as its kits do, eight at a time.

${echoTable(echoes)}

![How the median grows with the payload](${chart})

Time per byte at 8 MiB over that at 64 KiB: ${growthOfCost(echoes)}. Three copies of 64 KiB
stay in a core's own cache, those of 8 MiB do not: by how much that alone costs more, the loop by hand tells.

## A session over a bare loop

\`native()\` on the caller's thread with a synchronous backend, against a hand-written loop over the same rewritten filesystem
guard: JSON, checks, limits and deadlines included.

${await sessionTable(process.execPath)}

${await workerSession()}
${await suspendableSession()}
## Cold start

Milliseconds from the bytes of a guard of 300 KB to its first label, rewriting included, in a fresh process; and for a
second session of that guard. Medians of ${PROCESSES} processes.

${await coldStartTable()}

The same for the first echo of a module of 300 KB. The peers do not rewrite modules, and cannot interrupt them. jco is left
out: its work is done when a component is built.

${await firstEchoTable()}

## Memory of an open instance

${await footprintTable()}

## A hundred thousand calls

The process after 100,000 echoes of 200 B, over the same before them and after as many to warm up. Extism is called as by who
does not know of \`reset()\`: with it, as above, it does not fail.

${await growthTable()}

## Cancelling

None of the peers takes an \`AbortSignal\` for a call. Here, from the abort to the rejection of the call; and the longest that
timers of the caller had to wait meanwhile.

${await cancelTable()}
`;
}

async function measureEchoes(all: readonly Contender[]): Promise<Map<number, Map<string, Latency>>> {
  const loaded = await Promise.all(all.map((contender) => contender.load(contender.module())));
  const instances = new Map<string, EchoInstance>();
  for (const [index, contender] of all.entries()) {
    const instance = await loaded[index]?.open();
    if (instance !== undefined) instances.set(contender.name, instance);
  }
  const bySize = new Map<number, Map<string, Latency>>();
  for (const bytes of SIZES) {
    console.log(`Echo of ${size(bytes)}...`);
    bySize.set(bytes, await echoLatencies(instances, anyBytes(bytes)));
  }
  for (const instance of instances.values()) await instance.close();
  for (const contender of loaded) await contender.close();
  return bySize;
}

/** Bytes of which no two parts are alike, so that an echo shows whether it is one. */
function anyBytes(length: number): Uint8Array {
  return new Uint8Array(length).map((_, index) => (index * 2_654_435_761) >>> 24);
}

function echoTable(bySize: ReadonlyMap<number, ReadonlyMap<string, Latency>>): string {
  const cell = (latency: Latency | undefined) =>
    latency === undefined ? "" : `${duration(latency.median)} (${duration(latency.p99)})`;
  const rows = contenders.map(({ name }) => [
    name,
    ...SIZES.map((bytes) => cell(bySize.get(bytes)?.get(name))),
  ]);
  return markdownTable(["", ...SIZES.map(size)], rows);
}

function growthOfCost(bySize: ReadonlyMap<number, ReadonlyMap<string, Latency>>): string {
  const perByte = (name: string, bytes: number) =>
    (bySize.get(bytes)?.get(name)?.median ?? Number.NaN) / bytes;
  return contenders
    .map(({ name }) => `${name} ${(perByte(name, 8 * KIB * KIB) / perByte(name, 64 * KIB)).toFixed(2)}`)
    .join("; ");
}

async function sessionTable(node: string): Promise<string> {
  console.log("Session over bare loop...");
  const rows = await runApart<(Comparison & { readonly size: string })[]>(
    new URL("overhead.js", import.meta.url),
    ["--json"],
    { node, nodeArgs: ["--single-threaded-gc"] },
  );
  return markdownTable(
    ["", "session / bare", "quartiles", "bare", "session"],
    rows.map(({ size, ratio, quartiles, baselineMicroseconds, subjectMicroseconds }) => [
      size,
      ratio.toFixed(3),
      quartiles.map((quartile) => quartile.toFixed(3)).join(" to "),
      duration(baselineMicroseconds),
      duration(subjectMicroseconds),
    ]),
  );
}

async function workerSession(): Promise<string> {
  console.log("Sessions on worker threads...");
  const { callerMicroseconds, workerMicroseconds, twoThreadsOverOne } = await runApart<
    Record<string, number>
  >(new URL("threads.js", import.meta.url), []);
  return `On a worker thread, which is the default where guards cannot be suspended (Node 20 and 22), a call of 200 B takes
${workerMicroseconds} µs by the clock, against ${callerMicroseconds} µs on the caller's thread. One of 1 MiB is mostly
JSON, which the caller's thread writes and reads: two threads serve ${twoThreadsOverOne} times as many of them as one.`;
}

/** The default mode where guards can be suspended. */
async function suspendableSession(): Promise<string> {
  if (node26 === undefined) return "";
  return `
On Node 26, where guards run on the caller's thread by default and every entry of a guest makes a promise:

${await sessionTable(node26)}
`;
}

async function coldStartTable(): Promise<string> {
  console.log("Cold start...");
  const rows: string[][] = [];
  for (const [version, node] of nodes) {
    const figuresOf = await runApart<Record<string, Record<string, number>>>(
      new URL("cold-start.js", import.meta.url),
      ["--json", "--processes", String(PROCESSES)],
      { node },
    );
    for (const [thread, figures] of Object.entries(figuresOf))
      rows.push([`Node ${version}, thread: "${thread}"`, ...Object.values(figures).map(String)]);
  }
  return markdownTable(
    ["native()", "first label, ms", "of the caller's thread, ms", "second session, ms"],
    rows,
  );
}

async function firstEchoTable(): Promise<string> {
  const rows: string[][] = [];
  for (const { name, isBuiltAhead } of contenders) {
    if (isBuiltAhead) continue;
    const samples: Awaited<ReturnType<typeof measures.coldStart>>[] = [];
    for (let i = 0; i < PROCESSES; i++) samples.push(await measureApart(name, "coldStart"));
    const median = (of: "firstMs" | "secondMs") =>
      quantile(
        samples.map((sample) => sample[of]),
        0.5,
      ).toFixed(1);
    rows.push([name, median("firstMs"), median("secondMs")]);
  }
  return markdownTable(["", "first echo, ms", "second instance, ms"], rows);
}

async function footprintTable(): Promise<string> {
  console.log("Memory...");
  const rows: string[][] = [];
  for (const { name } of contenders) {
    const { opened, kibEach } = await measureApart(name, "footprint");
    rows.push([name, kibEach.toFixed(kibEach < 10 ? 1 : 0), String(opened)]);
  }
  return markdownTable(["", "KiB of resident memory", "instances"], rows);
}

async function growthTable(): Promise<string> {
  console.log("A hundred thousand calls...");
  const rows: string[][] = [];
  for (const { name } of contenders) {
    const growth = await measureApart(name, "growth");
    rows.push([name, growth.ratio === undefined ? growth.failed : `× ${growth.ratio.toFixed(3)}`]);
  }
  return markdownTable(["", "resident memory"], rows);
}

async function cancelTable(): Promise<string> {
  console.log("Cancelling...");
  const rows: string[][] = [];
  for (const [version, node] of nodes) {
    const tables = await runApart<Record<string, Record<string, Record<string, unknown>>>>(
      new URL("cancellation.js", import.meta.url),
      ["--json"],
      { node, nodeArgs: ["--expose-gc"] },
    );
    for (const [thread, table] of Object.entries(tables)) {
      for (const [what, figures] of Object.entries(table)) {
        const columns = CANCEL_COLUMNS.map((column) => String(figures[column]));
        rows.push([`Node ${version}, thread: "${thread}", ${what}`, ...columns]);
      }
    }
  }
  return markdownTable(["native()", ...CANCEL_COLUMNS], rows);
}

function measureApart<M extends Measure>(
  name: string,
  measure: M,
): Promise<Awaited<ReturnType<(typeof measures)[M]>>> {
  return runApart(new URL("peers/one-contender.js", import.meta.url), [name, measure], {
    nodeArgs: ["--expose-gc"],
  });
}
