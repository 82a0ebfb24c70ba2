import { GuardError } from "../error.js";
import type { Countdown } from "../time/countdown.js";
import { waitFor } from "../time/wait-for.js";

interface Waiter {
  readonly signal: AbortSignal | undefined;
  entered: boolean;
  start: () => void;
  refuse: (reason: unknown) => void;
}

/** Lets one call in at a time, in order of arrival. Waiting is bounded in number and time, and can be aborted. */
export class CallQueue {
  readonly #maxWaiting: number;
  readonly #waiting = new Set<Waiter>();
  /** One listener for each signal, however many calls share it: runtimes warn of many as of a leak. */
  readonly #listeners = new Map<AbortSignal, () => void>();
  #busy = false;
  #closed: GuardError | undefined;
  #drained: (() => void) | undefined;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Enters at once and returns undefined, or returns a promise of entering. Every entry ends with {@link leave}.
   *
   * Throws or rejects with a GuardError `BUSY`, `CLOSED` or `TIMEOUT`, or with `signal.reason`; the call has not
   * entered then.
   */
  enter(countdown: Countdown, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#closed !== undefined) throw this.#closed;
    if (!this.#busy) {
      this.#busy = true;
      return undefined;
    }
    if (this.#waiting.size >= this.#maxWaiting) {
      throw new GuardError(
        "BUSY",
        `${this.#waiting.size} calls wait for this session already; try again later`,
      );
    }
    return this.#wait(countdown.deadline, signal);
  }

  /** Ends an entry and lets the next call in. */
  leave(): void {
    // Taking the first of a set costs something even where there is none.
    const [next] = this.#waiting.size === 0 ? [] : this.#waiting;
    if (next === undefined) {
      this.#busy = false;
      this.#drained?.();
      return;
    }
    this.#waiting.delete(next);
    next.entered = true;
    next.start();
  }

  /** Refuses all waiting and coming calls with `reason`. Resolves when the running call has left. */
  async close(reason: GuardError): Promise<void> {
    this.#closed = reason;
    for (const waiter of this.#waiting) waiter.refuse(reason);
    this.#waiting.clear();
    if (this.#busy) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  async #wait(deadline: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const waiter: Waiter = { signal, entered: false, start: () => undefined, refuse: () => undefined };
    const turn = new Promise<void>((resolve, reject) => {
      waiter.start = resolve;
      waiter.refuse = reject;
    });
    this.#waiting.add(waiter);
    if (signal !== undefined) this.#listen(signal);
    try {
      await waitFor(turn, { deadline, signal: undefined, onTimeout });
      signal?.throwIfAborted();
    } catch (error) {
      this.#waiting.delete(waiter);
      // The turn may have come in the same moment as what ends the wait.
      if (waiter.entered) this.leave();
      throw error;
    } finally {
      if (signal !== undefined) this.#unlisten(signal);
    }
  }

  #listen(signal: AbortSignal): void {
    if (this.#listeners.has(signal)) return;
    const refuseAll = () => {
      for (const waiter of this.#waiting) if (waiter.signal === signal) waiter.refuse(signal.reason);
    };
    this.#listeners.set(signal, refuseAll);
    signal.addEventListener("abort", refuseAll);
  }

  /** Once nobody waits with it any more. */
  #unlisten(signal: AbortSignal): void {
    const listener = this.#listeners.get(signal);
    if (listener === undefined || [...this.#waiting].some((waiter) => waiter.signal === signal)) return;
    signal.removeEventListener("abort", listener);
    this.#listeners.delete(signal);
  }
}

function onTimeout(): GuardError {
  return new GuardError("TIMEOUT", "the deadline passed while the call waited for its session");
}
