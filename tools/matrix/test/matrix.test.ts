import type { ConformanceFailure } from "@guardhost/conformance";
import { beforeAll, describe, expect, test } from "vitest";
import { documentedCells } from "../src/document.js";
import { CELLS, RUNTIMES } from "../src/rows.js";
import { runMatrix } from "../src/run-matrix.js";
import { type CellSummary, nameOf } from "../src/summary.js";
import { project } from "./support/project.js";

/** Milliseconds for the whole matrix, on a machine that does other things as well. */
const MATRIX_TIMEOUT_MS = 1_200_000;

const documented = await documentedCells();
const present = RUNTIMES.filter(({ open }) => open !== undefined);
let cells: CellSummary[] = [];
const failures = new Map<string, readonly ConformanceFailure[]>();

beforeAll(async () => {
  cells = await runMatrix(project, present, {
    onCell: (cell, failed) => void failures.set(`${cell.runtime}: ${nameOf(cell)}`, failed),
  });
}, MATRIX_TIMEOUT_MS);

describe.each(RUNTIMES)("$name", ({ name, missing }) => {
  const title = "%s does what the documentation says";
  test.skipIf(missing !== undefined).each(CELLS.map((cell) => [nameOf(cell), cell] as const))(
    missing === undefined ? title : `${title} (skipped: ${missing})`,
    (_name, cell) => {
      expect(failures.get(`${name}: ${nameOf(cell)}`)).toEqual([]);
      const isThis = (one: CellSummary) =>
        one.runtime === name && one.engine === cell.engine && one.thread === cell.thread;
      const { version: _, ...found } = cells.find(isThis) as CellSummary;
      const { version: __, ...expected } = documented.find(isThis) as CellSummary;
      expect(found).toEqual(expected);
    },
  );
});
