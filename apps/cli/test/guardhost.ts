import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command, as its users get it. */
export const mainFile: string = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** What a run of the command leaves behind. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of {@link guardhost}. */
export interface RunOptions {
  /** Standard input; at its end from the start unless given. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The file of the command; {@link mainFile} unless given. */
  readonly main?: string;
}

/** Runs the command with `args` until it ends by itself. */
export function guardhost(
  args: readonly string[],
  { stdin = "", env, cwd, main = mainFile }: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env }, cwd });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, ...output }));
    // The command need not read its input at all.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}
