/** What went wrong, for programs. See {@link DifcError}. */
export type DifcErrorCode =
  /** Labels are not what they must be: no lists, tags that are not tags, a wildcard that is not configuration's. */
  | "INVALID_LABELS"
  /** A mode is none of strict, filter and propagate. */
  | "INVALID_MODE"
  /** Labels of a response fit nothing in it, or more than one thing. */
  | "UNMATCHED_LABELS"
  /** A result is not JSON data, nests too deeply or is too large. */
  | "INVALID_RESULT"
  /** A policy is not acceptable; the message says where. */
  | "POLICY"
  /** The store holds as many agents as it may. */
  | "STORE_FULL";

/** Survives bundling and duplicate installs, where `instanceof` does not. */
const brand: unique symbol = Symbol.for("guardhost.DifcError") as never;

/** What this package throws for data that it refuses. Its message never quotes the data: it may hold secrets. */
export class DifcError extends Error {
  override readonly name = "DifcError";
  readonly code: DifcErrorCode;

  constructor(code: DifcErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `error` is a DifcError, of any copy of this package, with this `code` if one is given. */
  static is<Code extends DifcErrorCode = DifcErrorCode>(
    error: unknown,
    code?: Code,
  ): error is DifcError & { readonly code: Code } {
    return (
      typeof error === "object" &&
      error !== null &&
      brand in error &&
      (code === undefined || (error as { readonly code?: unknown }).code === code)
    );
  }
}
