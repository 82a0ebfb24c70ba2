/** Throws a TypeError unless `signal` is an AbortSignal, of any realm, or undefined. */
export function assertSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw new TypeError("signal must be an AbortSignal");
}
