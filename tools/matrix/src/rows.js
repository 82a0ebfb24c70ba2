import { bun, chromium, deno, node22, node24, node26, workerd } from "@guardhost/runtimes";
import { chromiumHost } from "./hosts/chromium-host.js";
import { processHost } from "./hosts/process-host.js";
import { workerdHost } from "./hosts/workerd-host.js";

/**
 * A runtime of the matrix.
 *
 * @typedef {object} Runtime
 * @property {string} name
 * @property {import("./hosts/host.d.ts").OpenHost} [open] absent where the runtime is not on this machine
 * @property {string} [missing] why it is absent, and what would bring it
 */

/**
 * The engines, those that run guards on the caller's thread or on workers on both. An engine that joins is added here and in
 * `suite/engines.js`.
 *
 * @type {readonly import("./hosts/host.d.ts").Cell[]}
 */
export const CELLS = [
  { engine: "native", thread: "caller" },
  { engine: "native", thread: "worker" },
  { engine: "wasi", thread: "caller" },
  { engine: "wasi", thread: "worker" },
  { engine: "wasmer" },
];

const FROM_NPM = "npm installs it on Linux on x64 only: see tools/runtimes";
const node20 = process.versions.node.startsWith("20.") ? process.execPath : undefined;

/** @type {readonly Runtime[]} */
export const RUNTIMES = [
  runtime("Node 20", node20, "it has to be the Node that runs this", processHost),
  runtime("Node 22", node22, FROM_NPM, processHost),
  runtime("Node 24", node24, FROM_NPM, processHost),
  runtime("Node 26", node26, FROM_NPM, processHost),
  runtime("Bun", bun, FROM_NPM, processHost),
  runtime("Deno", deno, FROM_NPM, (executable) => processHost(executable, ["run", "--allow-all"])),
  runtime("workerd", node26 && workerd, FROM_NPM, (executable) => workerdHost(executable, String(node26))),
  ...[true, false].map((isolated) =>
    runtime(
      isolated ? "Chromium, cross-origin isolated" : "Chromium",
      chromium,
      "no chromium is on the PATH: on Debian, apt-get install chromium",
      (executable) => chromiumHost(executable, { isolated }),
    ),
  ),
];

/**
 * @param {string} name
 * @param {string | undefined} executable
 * @param {string} missing
 * @param {(executable: string) => import("./hosts/host.d.ts").OpenHost} host
 * @returns {Runtime}
 */
function runtime(name, executable, missing, host) {
  return executable === undefined ? { name, missing } : { name, open: host(executable) };
}
