import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RUN_TIMEOUT_MS } from "./run-timeout.js";

const execute = promisify(execFile);

/**
 * Node, Bun or Deno: a process for each run, which has to end by itself once it has found what there is to find.
 *
 * @param {string} executable
 * @param {readonly string[]} flags before the script
 * @param {number} timeoutMs after which a process that is still there is killed, which breaks its run
 * @returns {import("./host.d.ts").OpenHost}
 */
export function processHost(executable, flags = [], timeoutMs = RUN_TIMEOUT_MS) {
  return async (consumer) => {
    const killSignal = /** @type {const} */ ("SIGKILL");
    const options = { cwd: consumer.folder, timeout: timeoutMs, killSignal, maxBuffer: 1 << 26 };
    const { stdout } = await execute(executable, ["--version"], { ...options, timeout: RUN_TIMEOUT_MS });
    return {
      version: (stdout.match(/\d+\.\d+\.\d+/) ?? [stdout.trim()])[0],
      async run({ engine, thread }) {
        const script = ["suite/in-process.js", engine, ...(thread === undefined ? [] : [thread])];
        try {
          return JSON.parse((await execute(executable, [...flags, ...script], options)).stdout);
        } catch (error) {
          if (!(/** @type {import("node:child_process").ExecFileException} */ (error).killed)) throw error;
          throw new Error(`the process did not end within ${timeoutMs} ms`, { cause: error });
        }
      },
      close: async () => undefined,
    };
  };
}
