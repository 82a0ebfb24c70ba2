import { readFile, writeFile } from "node:fs/promises";
import { RUNTIMES } from "./rows.js";
import { matrixTable, supportTable } from "./table.js";

/** @typedef {import("./summary.js").CellSummary} CellSummary */

const root = new URL("../../../", import.meta.url);

/** Where the documentation is: what was found, for machines; all of it, for people; and the README, which has it in short. */
const FILES = {
  results: new URL("docs/runtimes.json", root),
  details: new URL("docs/runtimes.md", root),
  readme: new URL("README.md", root),
};

const BEGIN = "<!-- support table: made by `npx -y pnpm@12 matrix --write` -->\n";
const END = "<!-- end of the support table -->\n";

const HEAD = `# Where guardhost runs

Made by \`npx -y pnpm@12 matrix --write\` from [runtimes.json](runtimes.json): the conformance suite of every engine, installed from packed
tarballs, on every runtime. What is skipped names the ability that the runtime or the engine lacks there; after "no", one that it has.
[The suite's README](../packages/conformance/README.md) explains groups and abilities.

`;

/** What the documentation says was found. @returns {Promise<CellSummary[]>} */
export async function documentedCells() {
  return JSON.parse(await readFile(FILES.results, "utf8"));
}

/** The page of all details. @param {readonly CellSummary[]} cells */
export function detailsPage(cells) {
  return HEAD + matrixTable(cells);
}

/**
 * The README with the support table in its place. Throws when it has no place for it.
 *
 * @param {string} readme
 * @param {readonly CellSummary[]} cells
 */
export function withSupportTable(readme, cells) {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`the README has no place for the support table: ${BEGIN}${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${supportTable(cells)}\n${readme.slice(end)}`;
}

/** Writes it anew for the runtimes of `found`, and leaves the others as they are. @param {readonly CellSummary[]} found */
export async function documentMatrix(found) {
  const isNew = new Set(found.map(({ runtime }) => runtime));
  const kept = (await documentedCells()).filter(({ runtime }) => !isNew.has(runtime));
  const order = RUNTIMES.map(({ name }) => name);
  const cells = [...found, ...kept].toSorted((a, b) => order.indexOf(a.runtime) - order.indexOf(b.runtime));
  await writeFile(FILES.results, `${JSON.stringify(cells, null, 2)}\n`);
  await writeFile(FILES.details, detailsPage(cells));
  await writeFile(FILES.readme, withSupportTable(await readFile(FILES.readme, "utf8"), cells));
}
