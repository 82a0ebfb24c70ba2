import { GuardError } from "../error.js";
import { isThenable } from "../time/is-thenable.js";
import type { Invocation } from "./invocation.js";
import { suspendedGuests, tooManySuspended } from "./suspended-guests.js";

/** Settings of {@link createBackendQuestions}. */
export interface BackendQuestionOptions {
  /** Whether the guest can be suspended, so that the backend may return a promise. */
  readonly asyncBackend: boolean;
  /** What to do about a backend that returns a promise where the guest cannot be suspended. */
  readonly asyncBackendAdvice: string;
}

/**
 * Asks the backend what a guest wants to know, with JSON or nothing as arguments, or answers what it has been told already.
 * Throws, or rejects, whenever the guest is to see a failure.
 */
export type BackendQuestions = (tool: string, args: string) => Uint8Array | Promise<Uint8Array>;

/** Makes what keeps the budgets of `invocation`, and its answers. */
export function createBackendQuestions(
  invocation: Invocation,
  options: BackendQuestionOptions,
): BackendQuestions {
  const { host, answers } = invocation;

  function suspended<T>(answer: PromiseLike<T>): Promise<T> {
    suspendedGuests.enter();
    return invocation.untilStopped(answer).finally(() => suspendedGuests.leave());
  }

  /** The guest gets a failure; the caller gets to know why. */
  function refuse(answer: PromiseLike<unknown>): void {
    const reason = new GuardError(
      "ENGINE_UNAVAILABLE",
      `the backend returned a promise, but this engine cannot suspend a guard on this runtime: ${options.asyncBackendAdvice}`,
    );
    invocation.fail(reason);
    // Nobody waits for it any more; its rejection must not end the process.
    Promise.resolve(answer).catch(() => undefined);
  }

  return (tool, args) => {
    const kept = answers.find(tool, args);
    if (kept !== undefined) return kept;
    if (!invocation.takeBackendCall()) {
      invocation.log("warn", "(call_backend: no backend call is left)");
      throw new Error("no backend call is left");
    }
    if (options.asyncBackend && suspendedGuests.isFull) {
      invocation.fail(tooManySuspended());
      throw new Error("too many guests wait for their backends");
    }
    const answer = host.askBackend(tool, args, { signal: invocation.backendSignal });
    const keep = (bytes: Uint8Array) => {
      answers.keep(tool, args, bytes);
      return bytes;
    };
    if (!isThenable(answer)) return keep(answer);
    if (options.asyncBackend) return suspended(answer).then(keep);
    refuse(answer);
    throw new Error("the backend returned a promise");
  };
}
