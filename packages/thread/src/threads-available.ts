import { hasWorkers } from "#platform";

/**
 * Whether guards can run on worker threads here: workers may be started, and there is memory that they share with their
 * caller. Browsers share memory only in pages that are cross-origin isolated.
 */
export function threadsAvailable(): boolean {
  return (
    hasWorkers() &&
    typeof Atomics === "object" &&
    typeof SharedArrayBuffer === "function" &&
    typeof SharedArrayBuffer.prototype.grow === "function"
  );
}
