import { availableParallelism } from "node:os";
import process from "node:process";

/** Cores that the process may use. */
export function availableCores(): number {
  return availableParallelism();
}

/** Whether the runtime has workers at all, and this process may start them: Node's `--permission` alone forbids it. */
export function hasWorkers(): boolean {
  return process.permission?.has("worker") !== false;
}

/** What guards on worker threads need of the runtime. */
export const THREADS_NEED = "SharedArrayBuffer, and --allow-worker where Node asks for permissions";
