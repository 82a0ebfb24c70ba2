import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RUN_TIMEOUT_MS } from "./run-timeout.js";

const execute = promisify(execFile);

/**
 * Node, Bun or Deno: a process for each run.
 *
 * @param {string} executable
 * @param {readonly string[]} flags before the script
 * @returns {import("./host.d.ts").OpenHost}
 */
export function processHost(executable, flags = []) {
  return async (consumer) => {
    const options = { cwd: consumer.folder, timeout: RUN_TIMEOUT_MS, maxBuffer: 1 << 26 };
    const { stdout } = await execute(executable, ["--version"], options);
    return {
      version: (stdout.match(/\d+\.\d+\.\d+/) ?? [stdout.trim()])[0],
      async run({ engine, thread }) {
        const script = ["suite/in-process.js", engine, thread];
        return JSON.parse((await execute(executable, [...flags, ...script], options)).stdout);
      },
      close: async () => undefined,
    };
  };
}
