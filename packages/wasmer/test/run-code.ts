import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { asking, guardWith } from "./guards.js";

/** Turns for ever. */
const endless = guardWith("(loop $again (br $again))");
/** Turns for ever if the input ends with a tool's name of four letters, the first of which is "s". */
const sometimes = guardWith(
  "(if (i32.eq (i32.load8_u (i32.sub (i32.add (local.get $input) (local.get $bytes)) (i32.const 6))) (i32.const 0x73)) (then (loop $again (br $again))))",
);

const script = fileURLToPath(new URL("fixtures/run-code.js", import.meta.url));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Milliseconds after which a process that has not ended never does. A test that is given less leaves it behind. */
const TIMEOUT_MS = 300_000;
/** Milliseconds for a test that runs one. */
export const TEST_TIMEOUT_MS = TIMEOUT_MS + 10_000;

/** What a process prints that runs `code`; the fixture says what that may use. Fails unless it exits with 0 by itself. */
export async function runCode(node: string, code: string): Promise<string> {
  const args = [script, code, base64(endless), base64(sometimes), base64(asking)];
  const options = { maxBuffer: 2 ** 24, timeout: TIMEOUT_MS, killSignal: "SIGKILL" } as const;
  const { stdout } = await promisify(execFile)(node, args, options);
  return stdout.trim();
}
