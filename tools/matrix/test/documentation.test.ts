import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { detailsPage, documentedCells, withSupportTable } from "../src/document.js";
import { CELLS, RUNTIMES } from "../src/rows.js";
import { totalOf } from "../src/summary.js";

const root = new URL("../../../", import.meta.url);
const cells = await documentedCells();

test("every engine, thread and runtime is documented, and nothing fails", () => {
  const wanted = RUNTIMES.flatMap(({ name }) => CELLS.map((cell) => ({ runtime: name, ...cell })));
  expect(cells.map(({ runtime, engine, thread }) => ({ runtime, engine, thread }))).toEqual(wanted);
  expect(cells.flatMap((cell) => [cell.broken ?? [], totalOf(cell).failed].flat())).toEqual([]);
});

test("the README's support table is that of the results", async () => {
  const readme = await readFile(new URL("README.md", root), "utf8");
  expect(withSupportTable(readme, cells)).toBe(readme);
});

test("the page of details is that of the results", async () => {
  expect(await readFile(new URL("docs/runtimes.md", root), "utf8")).toBe(detailsPage(cells));
});
