import { Worker } from "node:worker_threads";
import { nodeWorkerOptions, type ThreadWorker } from "@guardhost/thread";

/** Starts a worker thread for guards. It shares nothing with the process that a guard has no use for. */
export function spawnWorker(): ThreadWorker {
  // Written apart from the worker, so that bundlers copy the file, which is bundled already, and do not take it for one of theirs.
  const entry = new URL("./wasi-worker.node.mjs", import.meta.url);
  return new Worker(entry, { ...nodeWorkerOptions, name: "guardhost" });
}
