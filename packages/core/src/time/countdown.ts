/**
 * The time that is left for a call. Starts when it is first asked for its deadline: a call that never waits is over
 * before that, and reading the clock is a good part of what it costs.
 */
export class Countdown {
  /** Milliseconds that there are in all. */
  readonly timeoutMs: number;
  #deadline: number | undefined;

  /** @param timeoutMs milliseconds, more than 0 */
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** When it ends, in terms of `performance.now()`. */
  get deadline(): number {
    this.#deadline ??= performance.now() + this.timeoutMs;
    return this.#deadline;
  }

  /** Milliseconds left; all of them while it has not started. */
  get left(): number {
    return this.#deadline === undefined ? this.timeoutMs : this.#deadline - performance.now();
  }
}
