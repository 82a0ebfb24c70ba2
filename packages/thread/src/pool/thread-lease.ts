import { type GuardHost, nextTurn } from "@guardhost/core";

/** Milliseconds after which a call is a long one. */
const LONG_MS = 20;

/** Who has a thread. Kept by the scheduler. */
export class ThreadLease {
  #isTaken = false;
  #isParked = false;
  #reservedFor: GuardHost | undefined;
  #reservations = 0;
  #since: number = performance.now();

  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Whether the guest waits for an asynchronous backend, so that the thread does nothing until it has answered. */
  get isParked(): boolean {
    return this.#isParked;
  }

  set isParked(isParked: boolean) {
    this.#isParked = isParked;
  }

  /** Since when it is taken, or free, in terms of `performance.now()`. */
  get since(): number {
    return this.#since;
  }

  /** Whether anybody may take it. */
  get isFree(): boolean {
    return !this.#isTaken && this.#reservedFor === undefined;
  }

  isFreeFor(host: GuardHost): boolean {
    return !this.#isTaken && (this.#reservedFor === undefined || this.#reservedFor === host);
  }

  /** Whether it is free, and kept for `host`. */
  isReservedFor(host: GuardHost): boolean {
    return !this.#isTaken && this.#reservedFor === host;
  }

  /** Whether it is taken by a call that has lasted for some time. */
  isLong(now: number): boolean {
    return this.#isTaken && now - this.#since >= LONG_MS;
  }

  take(): void {
    this.#reservedFor = undefined;
    this.#isTaken = true;
    this.#since = performance.now();
  }

  end(): void {
    this.#isTaken = false;
    this.#isParked = false;
    this.#since = performance.now();
  }

  /**
   * Keeps the thread for the next call of `host`, until the event loop has turned: a session that goes on after what has
   * just settled does so before.
   */
  reserve(host: GuardHost, onExpired: () => void): void {
    this.#reservedFor = host;
    const reservation = ++this.#reservations;
    nextTurn().then(() => {
      if (this.#reservedFor === undefined || this.#reservations !== reservation) return;
      this.#reservedFor = undefined;
      onExpired();
    });
  }

  /** The thread is gone. */
  abandon(): void {
    this.#reservedFor = undefined;
    this.end();
  }
}
