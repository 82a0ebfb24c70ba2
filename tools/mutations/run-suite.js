/**
 * Runs requirements on native, and prints the report as JSON. The command line says where guards run, on the suite's own
 * thread (`caller`) or on workers (`worker`), and names the requirements; all of them, if it names none.
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

const [thread, ...only] = process.argv.slice(2);
const engine = native({ thread: thread === "worker" ? "worker" : "caller" });
const report = await runConformance(engine, { timeoutMs: TIMEOUT_MS, ...(only.length > 0 ? { only } : {}) });
// What a mutation has left hanging must not keep the process alive.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
