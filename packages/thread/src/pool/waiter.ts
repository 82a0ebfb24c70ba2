import { armTimer, GuardError, type GuardHost, type Nesting, onAbort, type Timer } from "@guardhost/core";
import type { GuardThread } from "./guard-thread.js";

/** What somebody wants a thread for. */
export interface Wish {
  /** Where the instance lives; undefined for an opening. */
  readonly thread: GuardThread | undefined;
  /** Whose instance it is. */
  readonly host: GuardHost;
  readonly nesting: Nesting | undefined;
  /** Whether the instance cannot move. */
  readonly pinned: boolean;
  /** In terms of `performance.now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** One wait for a thread. */
export class Waiter {
  readonly wish: Wish;
  /** In terms of `performance.now()`. */
  readonly since: number = performance.now();
  /** The thread, leased; or undefined where the call has to move. */
  readonly turn: Promise<GuardThread | undefined>;
  readonly #onSettled: () => void;
  readonly #timer: Timer | undefined;
  readonly #unlisten: (() => void) | undefined;
  readonly #endNesting: (() => void) | undefined;
  #resolve: (thread: GuardThread | undefined) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;

  /**
   * @param onNested called whenever somebody in a call comes to wait for this one, until it has got its turn
   * @param onLate called when the deadline passes before that, to refuse it
   * @param onSettled called once, before {@link turn} settles
   */
  constructor(wish: Wish, onNested: () => void, onLate: () => void, onSettled: () => void) {
    this.wish = wish;
    this.#onSettled = onSettled;
    this.turn = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { signal, deadline, nesting } = wish;
    this.#endNesting = nesting?.onNested(onNested);
    if (signal !== undefined) this.#unlisten = onAbort(signal, () => this.refuse(signal.reason));
    this.#timer = armTimer(deadline, onLate);
  }

  /** Whether somebody in a call waits for this one now. */
  get isNested(): boolean {
    return this.wish.nesting?.isNested ?? false;
  }

  grant(thread: GuardThread | undefined): void {
    this.#settled();
    this.#resolve(thread);
  }

  refuse(reason: unknown): void {
    this.#settled();
    this.#reject(reason);
  }

  #settled(): void {
    this.#endNesting?.();
    this.#timer?.cancel();
    this.#unlisten?.();
    this.#onSettled();
  }
}

/** The error for a call whose time was up before it got a thread. */
export function waitedTooLong(): GuardError {
  return new GuardError("TIMEOUT", "the deadline passed while the call waited for a thread");
}

/** Milliseconds until the deadline of a call that has got its thread in time: more than 0, as everybody expects. */
export function timeLeft(deadline: number): number {
  return Math.max(deadline - performance.now(), 0.001);
}
