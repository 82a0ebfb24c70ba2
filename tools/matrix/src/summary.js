/**
 * What a run of the suite comes to, by group.
 *
 * @typedef {object} GroupSummary
 * @property {number} passed
 * @property {number} [deviations] that were known, and are there
 * @property {Readonly<Record<string, number>>} [skipped] by the ability that is lacking, or, after "no ", that is there
 * @property {readonly string[]} [failed] ids of requirements
 */

/**
 * One engine on one runtime, on one of its threads where it takes an option for that.
 *
 * @typedef {object} CellSummary
 * @property {string} runtime
 * @property {string} version
 * @property {string} engine
 * @property {"caller" | "worker"} [thread]
 * @property {string} [unavailable] why the engine cannot run there at all
 * @property {string} [broken] why the run has come to nothing
 * @property {Readonly<Record<string, GroupSummary>>} groups
 */

/**
 * What is said of an engine, and of its thread, in a line of text.
 *
 * @param {import("./hosts/host.d.ts").Cell} cell
 */
export function nameOf({ engine, thread }) {
  return thread === undefined ? engine : `${engine} on the ${thread} thread`;
}

/**
 * @param {import("@guardhost/conformance").ConformanceReport} report
 * @returns {Record<string, GroupSummary>}
 */
export function groupsOf({ passed, failed, deviations, skipped }) {
  /** @type {Record<string, { passed: number, deviations?: number, skipped?: Record<string, number>, failed?: string[] }>} */
  const groups = {};
  /** @param {string} id */
  const groupOf = (id) => {
    const name = id.slice(0, id.indexOf(":"));
    groups[name] ??= { passed: 0 };
    return groups[name];
  };
  for (const id of passed) groupOf(id).passed++;
  for (const { id } of deviations) {
    const group = groupOf(id);
    group.deviations = (group.deviations ?? 0) + 1;
  }
  for (const { id, ability } of skipped) {
    const group = groupOf(id);
    group.skipped ??= {};
    group.skipped[ability] = (group.skipped[ability] ?? 0) + 1;
  }
  for (const { id } of failed) {
    const group = groupOf(id);
    group.failed ??= [];
    group.failed.push(id);
  }
  return Object.fromEntries(Object.entries(groups).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * All groups of a cell together.
 *
 * @param {Pick<CellSummary, "groups">} cell
 */
export function totalOf({ groups }) {
  /** @type {{ passed: number, deviations: number, skipped: Record<string, number>, failed: string[] }} */
  const total = { passed: 0, deviations: 0, skipped: {}, failed: [] };
  for (const { passed, deviations = 0, skipped = {}, failed = [] } of Object.values(groups)) {
    total.passed += passed;
    total.deviations += deviations;
    total.failed.push(...failed);
    for (const [ability, count] of Object.entries(skipped)) {
      total.skipped[ability] = (total.skipped[ability] ?? 0) + count;
    }
  }
  return total;
}
