import { GuardError } from "../error.js";

/**
 * The error for a guest that was unwound half-way by `thrown`. Its stack pointer, locks and allocator are in no defined
 * state, so the instance is lost, whatever was thrown.
 */
export function unwoundBy(thrown: unknown, during: string): GuardError {
  const withoutMemory = instanceWithoutMemory(thrown);
  if (withoutMemory !== undefined) return withoutMemory;
  const message = `the guard ${whatHappened(thrown)} in ${during}; its instance is discarded`;
  return new GuardError("TRAPPED", message, { lost: true, cause: thrown });
}

/** The error for an instance whose memory the runtime cannot allocate, if that is what `thrown` says. */
export function instanceWithoutMemory(thrown: unknown): GuardError | undefined {
  if (!(thrown instanceof RangeError && /memory/i.test(thrown.message))) return undefined;
  const message = `there is no memory for an instance of the guard: ${thrown.message}`;
  return new GuardError("OUT_OF_MEMORY", message, { lost: true, cause: thrown });
}

function whatHappened(thrown: unknown): string {
  if (thrown instanceof WebAssembly.RuntimeError) return `trapped (${thrown.message})`;
  // V8 and JavaScriptCore raise a RangeError when the stack overflows, SpiderMonkey an InternalError.
  if (thrown instanceof RangeError || (thrown as Error | undefined)?.name === "InternalError") {
    return "overflowed its stack";
  }
  if ((thrown as Error | undefined)?.name === "SuspendError") {
    return "called the backend where this runtime cannot suspend it";
  }
  return "threw an exception that it did not catch";
}
