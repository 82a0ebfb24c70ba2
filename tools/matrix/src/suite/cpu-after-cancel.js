// Stops a guest that never ends, and prints the share of a processor that the process goes on to use: `cpu-after-cancel.js <way> <module>`.
// The ways are the threads of the engine `native`, and the engine "wasmer"; "terminated" is a worker without guardhost, which the runtime is
// told to terminate.
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { loadGuard, native } from "@guardhost/native";
import { wasmer } from "@guardhost/wasmer";

/** Milliseconds that are looked at: long enough for a collection of garbage not to matter. */
const WINDOW_MS = 2_000;

const [way, file] = process.argv.slice(2);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function cancelGuard() {
  const engine = way === "wasmer" ? wasmer() : native({ thread: way });
  const guard = await loadGuard(await readFile(file), { engine, policyRequired: false });
  const controller = new AbortController();
  // The guest computes once its backend has answered.
  const backend = () => void setTimeout(() => controller.abort(new Error("enough")), 50);
  // Without suspension nothing else happens on the caller's thread meanwhile, so there it is the deadline that stops the guest.
  const limits = guard.capabilities.timeSliced ? { signal: controller.signal } : { timeoutMs: 50 };
  const outcome = await guard
    .session({ backend })
    .labelResource({ name: "x" }, limits)
    .then(
      () => "an answer",
      ({ code, message }) => code ?? message,
    );
  if (!["TIMEOUT", "enough"].includes(outcome)) throw new Error(`expected an end, found ${outcome}`);
}

async function terminateWorker() {
  const loop = `
    const { readFileSync } = require("node:fs");
    const { parentPort, workerData } = require("node:worker_threads");
    const imports = { env: { call_backend: () => 0 } };
    const guard = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(workerData)), imports);
    parentPort.postMessage("begins");
    guard.exports.label_resource(0, 0, 0, 0);
  `;
  const worker = new Worker(loop, { eval: true, workerData: file });
  await new Promise((resolve) => worker.once("message", resolve));
  await pause(100);
  // On Bun this never settles.
  await Promise.race([worker.terminate(), pause(500)]);
}

await (way === "terminated" ? terminateWorker() : cancelGuard());
const before = process.cpuUsage();
const began = performance.now();
await pause(WINDOW_MS);
const { user, system } = process.cpuUsage(before);
const share = (user + system) / 1000 / (performance.now() - began);
// On Bun a worker that computes is in the way of any other end.
process.stdout.write(`${share}\n`, () => process.kill(process.pid, "SIGKILL"));
