/**
 * Breaks the rules of the protocol, one at a time, in a copy of the built packages, and fails unless the requirement
 * that is named for each notices.
 */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { node26 } from "@guardhost/runtimes";
import { mutations } from "./mutations/index.js";
import { WorkspaceCopy } from "./workspace-copy.js";

const run = promisify(execFile);

/** Milliseconds for one run of the suite, in case a mutation makes it spin. */
const TIMEOUT_MS = 120_000;

/** Exit code of `run-suite.js` for a promise that was rejected and forgotten, which is a failure as well. */
const UNHANDLED_REJECTION = 86;

/** @typedef {import("@guardhost/conformance").ConformanceReport} ConformanceReport */

/**
 * @param {WorkspaceCopy} copy
 * @param {string} node
 * @param {readonly string[]} only
 * @returns {Promise<ConformanceReport>}
 */
async function runSuite(copy, node, only) {
  const { stdout } = await run(node, [copy.script, ...only], { timeout: TIMEOUT_MS, maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

/** Without a mutation everything must pass, or nothing below means anything. @param {WorkspaceCopy} copy @param {string} node */
async function assertSound(copy, node) {
  const { failed } = await runSuite(copy, node, []);
  if (failed.length === 0) return;
  const list = failed.map(({ id, message }) => `  ${id}: ${message}`).join("\n");
  throw new Error(`the packages do not conform as they are:\n${list}`);
}

/**
 * Undefined when the requirement notices, or why it does not.
 *
 * @param {WorkspaceCopy} copy
 * @param {import("./mutation.js").Mutation} mutation
 * @param {string} node
 */
async function survival(copy, mutation, node) {
  const { fails } = mutation;
  try {
    const report = await copy.withMutation(mutation, () => runSuite(copy, node, [fails]));
    if (report.skipped.length > 0) return `${fails} is skipped for ${report.skipped[0]?.ability}`;
    return report.failed.length > 0 ? undefined : `${fails} passes all the same`;
  } catch (error) {
    const { code, message } = /** @type {Error & { code?: unknown }} */ (error);
    return code === UNHANDLED_REJECTION ? undefined : message;
  }
}

const copy = await WorkspaceCopy.make();
const survivors = [];
let skipped = 0;
try {
  const runtimes = node26 === undefined ? [process.execPath] : [process.execPath, node26];
  for (const node of runtimes) await assertSound(copy, node);
  for (const mutation of mutations) {
    const node = mutation.runtime === "node26" ? node26 : process.execPath;
    if (node === undefined) {
      skipped++;
      continue;
    }
    const problem = await survival(copy, mutation, node);
    if (problem !== undefined) survivors.push({ mutation, problem });
  }
} finally {
  await copy.delete();
}

const noticed = mutations.length - skipped - survivors.length;
console.log(
  `${noticed} of ${mutations.length} mutations are noticed, ${skipped} skipped for want of Node 26`,
);
for (const { mutation, problem } of survivors) {
  const { package: name, file, find, replace } = mutation;
  console.log(`\nSURVIVED: ${problem}\n  packages/${name}/src/${file}\n  - ${find}\n  + ${replace}`);
}
process.exitCode = survivors.length === 0 ? 0 : 1;
