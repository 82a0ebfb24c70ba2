/** Cores of the machine, as far as the runtime tells. */
export function availableCores(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether the runtime has workers at all, and this process may start them. */
export function hasWorkers(): boolean {
  return typeof Worker === "function";
}

/** What guards on worker threads need of the runtime. */
export const THREADS_NEED =
  "workers and SharedArrayBuffer, which browsers have in cross-origin isolated pages only";
