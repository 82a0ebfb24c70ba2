/** Runs the requirements that the command line names, or all of them, on native, and prints the report as JSON. */

import { runConformance } from "@guardhost/conformance";
import { native } from "@guardhost/native";

/** Exit code for a promise that was rejected and forgotten. */
const UNHANDLED_REJECTION = 86;

/** Tells `main.js` apart from a suite that could not even start. */
process.on("unhandledRejection", (reason) => {
  console.error(reason);
  process.exit(UNHANDLED_REJECTION);
});

const only = process.argv.slice(2);
const report = await runConformance(native(), { timeoutMs: 2000, ...(only.length > 0 ? { only } : {}) });
// What a mutation has left hanging must not keep the process alive.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
