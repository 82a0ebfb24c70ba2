import { CELLS } from "./rows.js";
import { groupsOf } from "./summary.js";

/** @typedef {import("./summary.js").CellSummary} CellSummary */
/** @typedef {import("./rows.js").Runtime} Runtime */

/** Runs that go on at the same time: the suite waits about as much as it computes. */
const JOBS = 2;

/**
 * Runs the suite on every engine and thread of the runtimes that are here, some at a time, and answers what each run came to. A run that
 * breaks down is `broken`, and spoils no other.
 *
 * @param {import("@guardhost/consumer").Consumer} project see `createProject`
 * @param {readonly Runtime[]} runtimes
 * @param {{ cells?: readonly import("./hosts/host.d.ts").Cell[], onCell?: (cell: CellSummary, failures: readonly import("@guardhost/conformance").ConformanceFailure[]) => void }} [options]
 * @returns {Promise<CellSummary[]>} in the order of the runtimes and of {@link CELLS}
 */
export async function runMatrix(project, runtimes, { cells = CELLS, onCell = () => undefined } = {}) {
  /** @type {CellSummary[][]} */
  const results = [];
  const waiting = runtimes.flatMap((runtime, row) => {
    const { name, open } = runtime;
    results[row] = [];
    if (open === undefined) return [];
    const host = lazily(() => open(project));
    let left = cells.length;
    return cells.map((cell, column) => async () => {
      const { summary, failures } = await runCell(name, host, cell);
      /** @type {CellSummary[]} */ (results[row])[column] = summary;
      onCell(summary, failures);
      if (--left === 0) await (await host().catch(() => undefined))?.close();
    });
  });
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  return results.flat();
}

/**
 * @param {string} runtime
 * @param {() => Promise<import("./hosts/host.d.ts").Host>} host
 * @param {import("./hosts/host.d.ts").Cell} cell
 */
async function runCell(runtime, host, cell) {
  let version = "";
  try {
    const opened = await host();
    version = opened.version;
    const outcome = await opened.run(cell);
    const known = { runtime, version, ...cell };
    return "unavailable" in outcome
      ? { summary: { ...known, unavailable: outcome.unavailable, groups: {} }, failures: [] }
      : { summary: { ...known, groups: groupsOf(outcome) }, failures: outcome.failed };
  } catch (error) {
    const broken = error instanceof Error ? error.message : String(error);
    return { summary: { runtime, version, ...cell, broken, groups: {} }, failures: [] };
  }
}

/**
 * @template T
 * @param {() => Promise<T>} make
 */
function lazily(make) {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
