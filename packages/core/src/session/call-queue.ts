import { GuardError } from "../error.js";
import type { SessionCall } from "./session-call.js";
import { WaitingLine } from "./waiting-line.js";

/** Lets one call in at a time, in order of arrival. Waiting is bounded in number and time, and can be aborted. */
export class CallQueue {
  readonly #maxWaiting: number;
  readonly #line = new WaitingLine<SessionCall>();
  #busy = false;
  #closed: GuardError | undefined;
  #drained: (() => void) | undefined;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Enters at once and returns undefined, or returns a promise of entering. Every entry ends with {@link leave}.
   *
   * Throws or rejects with a GuardError `BUSY`, `CLOSED` or `TIMEOUT`, or with `signal.reason`; the call has not
   * entered then.
   */
  enter(call: SessionCall): Promise<void> | undefined {
    if (this.#closed !== undefined) throw this.#closed;
    if (!this.#busy) {
      this.#busy = true;
      return undefined;
    }
    if (this.#line.size >= this.#maxWaiting) {
      throw new GuardError("BUSY", `${this.#line.size} calls wait for this session already; try again later`);
    }
    const { deadline, signal } = call;
    return this.#line.wait(call, { deadline, signal, onTimeout }, () => this.leave());
  }

  /** Ends an entry and lets the next call in. */
  leave(): void {
    // Taking the first of a line costs something even where there is none.
    const next = this.#line.size === 0 ? undefined : this.#line.first;
    if (next !== undefined) {
      this.#line.admit(next);
      return;
    }
    this.#busy = false;
    this.#drained?.();
  }

  /** Refuses all waiting and coming calls with `reason`. Resolves when the running call has left. */
  async close(reason: GuardError): Promise<void> {
    this.#closed = reason;
    this.#line.refuseAll(reason);
    if (this.#busy) await new Promise<void>((resolve) => (this.#drained = resolve));
  }
}

function onTimeout(): GuardError {
  return new GuardError("TIMEOUT", "the deadline passed while the call waited for its session");
}
