/** Cores of the machine, as far as the runtime tells. */
export function availableCores(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether the runtime has workers at all. */
export function hasWorkers(): boolean {
  return typeof Worker === "function";
}
