import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const mainFile = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** What a run of the demo leaves behind. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory for temporary files, with a blank in its name. */
export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), "guardhost demo test-"));
}

/** The built demo at work. */
export interface RunningDemo {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Run>;
}

/** Starts the built demo, without a terminal. */
export function startDemo(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningDemo {
  const child = spawn(process.execPath, [mainFile, ...args], { cwd: "/", env: { ...process.env, ...env } });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const finished = new Promise<Run>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, ...output }));
  });
  child.stdin.end();
  return { child, finished };
}

/** Runs the built demo until it ends by itself. */
export function demo(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Run> {
  return startDemo(args, env).finished;
}
