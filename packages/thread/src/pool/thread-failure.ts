import { GuardError } from "@guardhost/core";

/** Why a thread is gone, made of what its worker reported. */
export function threadFailure(cause: unknown, started: boolean): GuardError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (!started) return cannotStart(text, cause);
  if ((cause as { readonly code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new GuardError("OUT_OF_MEMORY", `the guard's thread ran out of memory: ${text}`, {
      lost: true,
      cause,
    });
  }
  return new GuardError("TRAPPED", `the guard's thread has ended: ${text}`, { lost: true, cause });
}

/** The error for a worker that could not be started. */
export function cannotStart(why: string, cause: unknown): GuardError {
  return new GuardError("ENGINE_UNAVAILABLE", `a worker thread could not be started: ${why}; ${ADVICE}`, {
    cause,
  });
}

/** The error for a call whose time was up when its worker had not started yet: no guest has been entered. */
export function startedTooLate(): GuardError {
  return new GuardError(
    "TIMEOUT",
    `the worker thread of the guard did not start in time; give the call more of it, or, if this happens again, ${ADVICE}`,
  );
}

const ADVICE =
  "make sure that the engine's worker file is deployed (its README says how) and that a content security policy allows it (worker-src), " +
  'or choose thread: "caller"';
