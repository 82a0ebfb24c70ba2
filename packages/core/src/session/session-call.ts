import type { GuardOperation } from "../abi/abi.js";
import type { GuardChannel } from "../engine.js";
import { Countdown } from "../time/countdown.js";
import type { Probe } from "./breaker.js";
import { timedOut } from "./instance-failure.js";

const NOTHING = new Uint8Array(0);

/** One call of a session: what it goes by, and the time that it has left. */
export class SessionCall extends Countdown {
  readonly operation: GuardOperation;
  readonly signal: AbortSignal | undefined;
  /** What the guard gets, once it is encoded. */
  input: Uint8Array = NOTHING;
  /** Set if the call finds out whether the guard is well again. */
  probe: Probe | undefined;
  /** The instance that was there before the call, once its guest may have been entered. */
  live: GuardChannel | undefined;

  /** @param timeoutMs milliseconds, more than 0 */
  constructor(operation: GuardOperation, timeoutMs: number, signal: AbortSignal | undefined) {
    super(timeoutMs);
    this.operation = operation;
    this.signal = signal;
  }

  /** Throws if nobody wants the call any more: its signal's reason, or a GuardError `TIMEOUT`. */
  assertWanted(): void {
    if (this.left <= 0) throw timedOut();
    this.signal?.throwIfAborted();
  }

  /** Whether `error` is the caller's abort, whatever its reason is. */
  isAbort(error: unknown): boolean {
    return isAbort(error, this.signal);
  }
}

/** Whether `error` is the abort of `signal`, whatever its reason is. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}
