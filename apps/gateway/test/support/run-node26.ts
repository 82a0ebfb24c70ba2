import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { node26 } from "@guardhost/runtimes";

/** Whether there is a Node that is new enough for tools which need one. */
export const hasNode26: boolean = node26 !== undefined;

/** How a tool ended. */
export interface ToolRun {
  readonly status: number | null;
  readonly output: string;
}

/** Runs the program of a package with Node 26. `file` is its path in the package. */
export function runWithNode26(
  packageName: string,
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<ToolRun> {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return new Promise((resolve, reject) => {
    const child = spawn(node26 ?? "", [join(manifest, "..", file), ...args], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", MCP_STORAGE_DIR: cwd, HOME: cwd },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}
