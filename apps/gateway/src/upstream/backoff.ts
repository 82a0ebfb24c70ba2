const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** A connection that has lasted this long was a good one: its end is no failure of the next. */
const STABLE_MS = 10_000;

/** How long to wait before a connection is tried again: longer with each that fails, and not at all after a good one. */
export class Backoff {
  #failures = 0;
  #connectedAt: number | undefined;

  /** Notes that there is a connection. */
  connected(): void {
    this.#connectedAt = performance.now();
  }

  /** Notes that there is none, or no longer one. Returns milliseconds to wait. */
  failed(): number {
    const wasStable = this.#connectedAt !== undefined && performance.now() - this.#connectedAt >= STABLE_MS;
    this.#connectedAt = undefined;
    if (wasStable) {
      this.#failures = 0;
      return 0;
    }
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures++);
  }
}
