import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs a script of this bench in a process of its own, and returns the JSON that it prints. */
export async function runApart<T>(
  script: URL,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--no-warnings",
    ...nodeArgs,
    fileURLToPath(script),
    ...args,
  ]);
  return JSON.parse(stdout);
}
