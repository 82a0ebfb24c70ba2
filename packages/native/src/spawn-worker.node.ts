import { Worker } from "node:worker_threads";
import { nodeWorkerOptions, type ThreadWorker } from "@guardhost/thread";

/** Starts a worker thread for guards. It shares nothing with the process that a guard has no use for. */
export function spawnWorker(): ThreadWorker {
  return new Worker(new URL("./worker.node.js", import.meta.url), {
    ...nodeWorkerOptions,
    name: "guardhost",
  });
}
