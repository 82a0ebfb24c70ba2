/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Guard calls on worker threads, for authors of engines: the caller's side. The worker's side is `./worker`.
 *
 * @module
 */

export { THREADS_NEED } from "#platform";
export type { ThreadPoolOptions } from "./pool/pool-options.js";
export { ThreadPool } from "./pool/thread-pool.js";
export { nodeWorkerOptions } from "./runtime/node-worker-options.js";
export type { NodeThreadWorker, ThreadWorker, WebThreadWorker } from "./runtime/thread-worker.js";
export { threadsAvailable } from "./threads-available.js";
