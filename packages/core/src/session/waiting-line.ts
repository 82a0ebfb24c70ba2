import { type WaitLimits, waitFor } from "../time/wait-for.js";

interface Waiter {
  admitted: boolean;
  admit: () => void;
  refuse: (reason: unknown) => void;
}

/** Keeps the order in which others wait, each of them known by an object of its own. Each wait is bounded and can be aborted. */
export class WaitingLine<Key extends object> {
  readonly #waiters = new Map<Key, Waiter>();

  /** How many wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Who has waited longest. */
  get first(): Key | undefined {
    return this.#waiters.keys().next().value;
  }

  /**
   * Resolves when `key` is admitted. Rejects with what it is refused with, and as {@link waitFor} does; it waits no more
   * then. Calls `onUnused` if it was admitted in the same moment as the wait ended otherwise.
   */
  async wait(key: Key, limits: WaitLimits, onUnused: () => void): Promise<void> {
    const { signal } = limits;
    signal?.throwIfAborted();
    const waiter: Waiter = { admitted: false, admit: () => undefined, refuse: () => undefined };
    const turn = new Promise<void>((resolve, reject) => {
      waiter.admit = resolve;
      waiter.refuse = reject;
    });
    this.#waiters.set(key, waiter);
    try {
      await waitFor(turn, limits);
      signal?.throwIfAborted();
    } catch (error) {
      this.#waiters.delete(key);
      if (waiter.admitted) onUnused();
      throw error;
    }
  }

  /** Ends the wait of `key`, if it waits, and says whether it did. */
  admit(key: Key): boolean {
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return false;
    this.#waiters.delete(key);
    waiter.admitted = true;
    waiter.admit();
    return true;
  }

  /** Lets the wait of `key` reject with `reason`, if it waits. */
  refuse(key: Key, reason: unknown): void {
    this.#waiters.get(key)?.refuse(reason);
    this.#waiters.delete(key);
  }

  /** Lets every wait reject with `reason`. */
  refuseAll(reason: unknown): void {
    for (const waiter of this.#waiters.values()) waiter.refuse(reason);
    this.#waiters.clear();
  }
}
