/**
 * Breaks the rules of the protocol, those of rewriting, of worker threads, of guests' files, of linked commands and their sandbox, of
 * information flow, of MCP traffic and of the gateway, one at a time in copies of the packages, and fails unless the requirement or
 * the test that is named for each notices.
 *
 *   node main.js [--part 1/8]
 *
 * A part is every eighth of them, for instance, beginning with the first.
 */

import { parseArgs } from "node:util";
import { ConformanceSuite } from "./conformance-suite.js";
import { coreMutations } from "./mutations/core.js";
import { difcMutations } from "./mutations/difc.js";
import { fileMutations } from "./mutations/files.js";
import { gatewayMutations } from "./mutations/gateway.js";
import { mutations as protocolMutations } from "./mutations/index.js";
import { mcpMutations } from "./mutations/mcp.js";
import { rewriteMutations } from "./mutations/rewrite.js";
import { threadMutations } from "./mutations/thread.js";
import { linkMutations, wasmerMutations } from "./mutations/wasmer.js";
import { partOf, TestSuite } from "./test-suite.js";
import { assertApplies } from "./with-mutated-file.js";

/** @typedef {import("./mutation.js").Mutation} Mutation */

/** @type {{ mutation: Mutation, problem: string }[]} */
const survivors = [];
let skipped = 0;

const { values } = parseArgs({ options: { part: { type: "string", default: "1/1" } } });
const [part, parts] = /** @type {[number, number]} */ (values.part.split("/").map(Number));
if (![part, parts].every(Number.isInteger) || part < 1 || part > parts)
  throw new RangeError(`${values.part} is not a part such as 1/8`);

const plan = /** @type {const} */ ([
  [await ConformanceSuite.open(), protocolMutations],
  [await TestSuite.open("core"), coreMutations],
  [await TestSuite.open("rewrite", "scripts/build-kernel.mjs"), rewriteMutations],
  [await TestSuite.open("thread"), threadMutations],
  [await TestSuite.open("wasi"), fileMutations],
  [await TestSuite.open("difc"), difcMutations],
  [await TestSuite.open("mcp"), mcpMutations],
  [await TestSuite.open("gateway"), gatewayMutations],
  [await TestSuite.open("rewrite"), linkMutations],
  [await TestSuite.open("wasmer", "scripts/build-driver.mjs"), wasmerMutations],
]);
/** Where in the plan the linker and the sandbox begin. */
const SANDBOX = plan.length - 2;
// The first one takes longest, and those of the sandbox wait for processes.
const lanes = [plan.slice(0, 1), plan.slice(1, SANDBOX), plan.slice(SANDBOX)];
const ends = await Promise.allSettled(lanes.map(runAll));
for (const [suite] of plan) await suite.close();
for (const end of ends) if (end.status === "rejected") throw end.reason;

const total = plan.reduce((sum, [, mutations]) => sum + mutations.filter(isInPart).length, 0);
console.log(
  `${total - skipped - survivors.length} of ${total} mutations are noticed, ${skipped} skipped for want of Node 26`,
);
for (const { mutation, problem } of survivors) {
  const { package: name, file, find, replace } = mutation;
  console.log(`\nSURVIVED: ${problem}\n  ${partOf(name)}/${name}/src/${file}\n  - ${find}\n  + ${replace}`);
}
process.exitCode = survivors.length === 0 ? 0 : 1;

/** @param {readonly (readonly [ConformanceSuite | TestSuite, readonly Mutation[]])[]} suites */
async function runAll(suites) {
  for (const [suite, mutations] of suites) {
    // Those of the other parts as well, whose turn comes with another commit.
    for (const mutation of mutations) await assertApplies(suite.fileOf(mutation), mutation);
    const mutationsOfPart = mutations.filter(isInPart);
    const runnable = mutationsOfPart.filter((mutation) => suite.canRun(mutation));
    skipped += mutationsOfPart.length - runnable.length;
    await suite.assertSound(runnable);
    for (const mutation of runnable) {
      const problem = await suite.survival(mutation);
      if (problem !== undefined) survivors.push({ mutation, problem });
    }
  }
}

/** @param {Mutation} _ @param {number} index */
function isInPart(_, index) {
  return index % parts === part - 1;
}
