import { availableParallelism } from "node:os";

/** Cores that the process may use. */
export function availableCores(): number {
  return availableParallelism();
}

/** Whether the runtime has workers at all. */
export function hasWorkers(): boolean {
  return true;
}
