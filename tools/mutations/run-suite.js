/**
 * Runs the requirements that the command line names, or all of them, on native, and prints the report as JSON. Guards run on
 * the suite's own thread, where nothing stops them but the rules that are to be broken.
 */

import { runConformance } from "@guardhost/conformance";
import { native } from "@guardhost/native";

/** Exit code for a promise that was rejected and forgotten. */
const UNHANDLED_REJECTION = 86;

/** Tells `main.js` apart from a suite that could not even start. */
process.on("unhandledRejection", (reason) => {
  console.error(reason);
  process.exit(UNHANDLED_REJECTION);
});

/** Milliseconds for one requirement: more than any takes on a busy machine. */
const TIMEOUT_MS = 10_000;

const only = process.argv.slice(2);
const engine = native({ thread: "caller" });
const report = await runConformance(engine, { timeoutMs: TIMEOUT_MS, ...(only.length > 0 ? { only } : {}) });
// What a mutation has left hanging must not keep the process alive.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
