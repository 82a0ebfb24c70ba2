import { nameOf, totalOf } from "./summary.js";

/** @typedef {import("./summary.js").CellSummary} CellSummary */
/** @typedef {import("./summary.js").GroupSummary} GroupSummary */

/** Where guards run, in headings. */
const PLACES = { caller: ", on the calling thread", worker: ", on worker threads" };

/**
 * The matrix in Markdown: a table of runtimes for each engine and thread, by requirement group, and what was skipped for which ability.
 *
 * @param {readonly CellSummary[]} cells
 */
export function matrixTable(cells) {
  return columnsOf(cells)
    .map((column) => columnTable(column, cells))
    .join("\n");
}

/**
 * The matrix in short: runtimes by engines and threads.
 *
 * @param {readonly CellSummary[]} cells
 */
export function supportTable(cells) {
  const columns = columnsOf(cells);
  const runtimes = [...new Set(cells.map(({ runtime }) => runtime))];
  const rows = runtimes.map((runtime) => {
    const ofRuntime = cells.filter((cell) => cell.runtime === runtime);
    const entries = columns.map(({ engine, thread }) =>
      short(ofRuntime.find((cell) => cell.engine === engine && cell.thread === thread)),
    );
    return [runtime, ...entries];
  });
  const names = columns.map(
    ({ engine, thread }) => `\`${engine}()\`${thread === undefined ? "" : `, ${thread}`}`,
  );
  return table(["Runtime", ...names], rows);
}

/** @param {readonly CellSummary[]} cells */
function columnsOf(cells) {
  return [...new Map(cells.map((cell) => [nameOf(cell), cell])).values()];
}

/**
 * @param {import("./hosts/host.d.ts").Cell} column
 * @param {readonly CellSummary[]} cells
 */
function columnTable({ engine, thread }, cells) {
  const ofColumn = cells.filter((cell) => cell.engine === engine && cell.thread === thread);
  const available = ofColumn.filter(({ groups }) => Object.keys(groups).length > 0);
  const groups = [...new Set(available.flatMap(({ groups }) => Object.keys(groups)))].toSorted();
  const rows = groups.map((group) => [`\`${group}\``, ...available.map((cell) => entry(cell.groups[group]))]);
  const names = available.map(({ runtime, version }) => `${runtime} (${version})`);
  const notes = ofColumn.flatMap((cell) => note(cell));
  const title = `## ${engine}${thread === undefined ? "" : PLACES[thread]}\n\n`;
  const body = rows.length === 0 ? "" : `${table(["Group", ...names], rows)}\n`;
  return `${title}${body}${notes.map((text) => `- ${text}\n`).join("")}`;
}

/** @param {CellSummary} cell */
function note(cell) {
  if (cell.broken !== undefined) return [`**${cell.runtime}** broke down: ${cell.broken}`];
  if (cell.unavailable !== undefined) return [`**${cell.runtime}** cannot: ${cell.unavailable}`];
  const { skipped } = totalOf(cell);
  const reasons = Object.entries(skipped).map(([ability, count]) => `${count} for \`${ability}\``);
  return reasons.length === 0 ? [] : [`**${cell.runtime}** skips ${reasons.join(", ")}`];
}

/** @param {GroupSummary | undefined} group */
function entry(group) {
  if (group === undefined) return "";
  const { passed, deviations = 0, skipped = {}, failed = [] } = group;
  const abilities = Object.entries(skipped).map(([ability, count]) => `${count} skipped (${ability})`);
  return [
    `${passed} passed`,
    ...(deviations === 0 ? [] : [`${deviations} deviate as known`]),
    ...abilities,
    ...(failed.length === 0 ? [] : [`**${failed.length} failed**`]),
  ].join(", ");
}

/** @param {CellSummary | undefined} cell */
function short(cell) {
  if (cell === undefined) return "";
  if (cell.broken !== undefined) return "broken";
  if (cell.unavailable !== undefined) return "no";
  const { passed, skipped, failed } = totalOf(cell);
  if (failed.length > 0) return `${failed.length} failed`;
  const lacking = Object.keys(skipped).filter((ability) => !ability.startsWith("no "));
  return lacking.length === 0
    ? `${passed}`
    : `${passed}, without ${lacking.map((one) => `\`${one}\``).join(", ")}`;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |\n`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("");
}
