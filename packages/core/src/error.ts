/** What went wrong, for programs. See {@link GuardError}. */
export type GuardErrorCode =
  /** The bytes are not a WebAssembly module, or not one that may run as a guard. */
  | "INVALID_MODULE"
  /** A compiled module arrived instead of bytes, so nothing about it can be checked. */
  | "NOT_PREPARED"
  /** The bytes do not match the `integrity` they were loaded with. */
  | "INTEGRITY"
  /** The policy is not acceptable; the message says where. */
  | "POLICY"
  /** The session has no policy, or none any more: call `labelAgent`. */
  | "NO_POLICY"
  /** The input is larger than `limits.maxInputBytes`. */
  | "INPUT_TOO_LARGE"
  /** The guard wants to answer with more than `limits.maxOutputBytes`. */
  | "OUTPUT_TOO_LARGE"
  /** The guard has no memory left for the buffers of a call. */
  | "OUT_OF_MEMORY"
  /** The guard answered with an error code of its own. */
  | "GUEST_ERROR"
  /** The guard broke the ABI, for instance with a length beyond its buffer. */
  | "PROTOCOL"
  /** The guard trapped or overflowed its stack. */
  | "TRAPPED"
  /** The guard called `proc_exit`. */
  | "EXITED"
  /** The deadline passed. */
  | "TIMEOUT"
  /**
   * Too many calls wait for this session, for an instance of the guard or for a thread, or too many guests for their
   * backends; or all instances that the guard may have stay with their sessions. Most are worth another try later.
   */
  | "BUSY"
  /** The guard's backend called the session that is waiting for it. */
  | "REENTRANT"
  /** The guard's answer is not what the ABI prescribes, or not what it was to the same policy; the message says where. */
  | "INVALID_OUTPUT"
  /** The guard failed too often and is left alone for a while. */
  | "UNHEALTHY"
  /** The engine cannot do this on this runtime, or not now; the message names the alternatives. */
  | "ENGINE_UNAVAILABLE"
  /** The guard or the session is closed. */
  | "CLOSED";

/** Options of the {@link GuardError} constructor. */
export interface GuardErrorOptions extends ErrorOptions {
  /** See {@link GuardError.lost}; false unless given. */
  readonly lost?: boolean;
}

/** Survives bundling and duplicate installs, where `instanceof` does not. */
const brand: unique symbol = Symbol.for("guardhost.GuardError") as never;

/** The one error class of guardhost. An abort is not among its codes: it rejects with `signal.reason` itself. */
export class GuardError extends Error {
  override readonly name = "GuardError";
  readonly code: GuardErrorCode;
  /** True when the guard's instance is unusable from here on, and its state with it. */
  readonly lost: boolean;

  constructor(code: GuardErrorCode, message: string, options: GuardErrorOptions = {}) {
    // A cause that is undefined would be shown as one.
    super(message, options.cause === undefined ? undefined : options);
    this.code = code;
    this.lost = options.lost ?? false;
    Object.defineProperty(this, brand, { value: true });
    if (this.lost) {
      releaseFrames(this);
      releaseFrames(this.cause);
    }
  }

  /** Whether `error` is a GuardError, of any copy of this package, with this `code` if one is given. */
  static is<Code extends GuardErrorCode = GuardErrorCode>(
    error: unknown,
    code?: Code,
  ): error is GuardError & { readonly code: Code } {
    return (
      typeof error === "object" &&
      error !== null &&
      brand in error &&
      (code === undefined || (error as { readonly code?: unknown }).code === code)
    );
  }
}

/**
 * V8's errors refer to the frames that they were made in until their stack is read. Whoever keeps one would keep the lost
 * instance's memory with it.
 */
function releaseFrames(error: unknown): void {
  if (error instanceof Error) void error.stack;
}
