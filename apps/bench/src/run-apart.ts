import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Which Node a script is run with, and how. */
export interface RunOptions {
  /** This one, unless another is given. */
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
}

/** Runs a script of this bench in a process of its own, and returns the JSON that it prints. */
export async function runApart<T>(
  script: URL,
  args: readonly string[],
  { node = process.execPath, nodeArgs = [] }: RunOptions = {},
): Promise<T> {
  const { stdout } = await promisify(execFile)(node, [
    "--no-warnings",
    ...nodeArgs,
    fileURLToPath(script),
    ...args,
  ]);
  return JSON.parse(stdout);
}
