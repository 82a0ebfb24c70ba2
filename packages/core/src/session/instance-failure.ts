import { GuardError } from "../error.js";
import type { SessionCall } from "./session-call.js";

/** Whether an instance was gone before the guest was entered: the same call may be made on another. */
export function isGone(error: unknown): error is GuardError {
  return GuardError.is(error, "CLOSED") && error.lost;
}

/** The deadline has passed while the call was on its way into the guard. */
export function timedOut(): GuardError {
  return new GuardError("TIMEOUT", "the deadline passed before the guard was entered");
}

/** The TIMEOUT of an engine as the caller is told it: engines know neither what the call is, nor how long it had been given. */
export function timeoutOf(error: GuardError, { operation, timeoutMs }: SessionCall): GuardError {
  // Lost or not, and with the same cause.
  return new GuardError("TIMEOUT", `${error.message} (${operation}, ${timeoutMs} ms)`, error);
}

/** The failure of a call that a session ended for `reason`: its engine knows that the instance was closed, and not for what. */
export function interrupted(reason: GuardError, cause: unknown): GuardError {
  return new GuardError("CLOSED", reason.message, { lost: true, cause });
}

/** An instance could not be opened within the call's deadline, or within the limit for opening. */
export function openedTooLate(): GuardError {
  return new GuardError(
    "TIMEOUT",
    "no instance was open in time; opening one includes the start section of the guard, and its _initialize",
  );
}

/** The policy could not be given to a fresh instance, because of `cause`. Keeps its code. */
export function replayFailed(cause: unknown): unknown {
  if (!GuardError.is(cause)) return cause;
  return new GuardError(
    cause.code,
    `the instance could not be made anew, because the guard failed when it got its policy again: ${cause.message}. ${ADVICE}`,
    { lost: true, cause },
  );
}

/** A fresh instance has answered the policy in other words than the one before. */
export function answeredOtherwise(): GuardError {
  return new GuardError(
    "INVALID_OUTPUT",
    `the instance could not be made anew, because the guard answered otherwise when it got its policy again. ${ADVICE}`,
    { lost: true },
  );
}

const ADVICE =
  "A guard must be a function of its policy and inputs; load one that is not with recovery: never, and call labelAgent";

/** The engine keeps giving instances up. */
export function givenUp(cause: unknown): GuardError {
  return new GuardError(
    "ENGINE_UNAVAILABLE",
    "the engine gave up each instance that was opened for the call before the guard was entered; try again later",
    { lost: true, cause },
  );
}
