/**
 * Runs the matrix and prints it: `main.js [--write] [runtime …]`, where a runtime is named as in the table, or by how its name begins. With
 * `--write` the result is what the documentation says of these runtimes from now on. Exits with 1 when anything has failed.
 */

import { parseArgs } from "node:util";
import { documentMatrix } from "./document.js";
import { createProject } from "./packages.js";
import { RUNTIMES } from "./rows.js";
import { runMatrix } from "./run-matrix.js";
import { nameOf, totalOf } from "./summary.js";
import { matrixTable } from "./table.js";

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
const isWanted = (/** @type {{ name: string }} */ { name }) =>
  positionals.length === 0 || positionals.some((begin) => name.toLowerCase().startsWith(begin.toLowerCase()));
const wanted = RUNTIMES.filter(isWanted);
if (wanted.length === 0) throw new Error(`no runtime is called ${positionals.join(" or ")}`);

const began = performance.now();
const seconds = () => `${Math.round((performance.now() - began) / 1000)} s`;
const project = await createProject();
try {
  const cells = await runMatrix(project, wanted, {
    onCell(cell, failures) {
      const { passed, failed } = totalOf(cell);
      const found = cell.broken ?? cell.unavailable ?? `${passed} passed, ${failed.length} failed`;
      console.error(`${seconds()}  ${cell.runtime}, ${nameOf(cell)}: ${found}`);
      for (const { id, message } of failures) console.error(`    ${id}: ${message}`);
    },
  });
  console.log(matrixTable(cells));
  for (const { name, missing } of wanted) {
    if (missing !== undefined) console.log(`${name} was skipped: ${missing}`);
  }
  const isGreen =
    cells.length > 0 && cells.every((cell) => cell.broken === undefined && totalOf(cell).failed.length === 0);
  if (!isGreen) process.exitCode = 1;
  else if (values.write) await documentMatrix(cells);
} finally {
  await project.remove();
}
