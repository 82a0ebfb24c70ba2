/** What setTimeout can wait for; more fires at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** A timer that has not fired yet, or has. */
export interface Timer {
  cancel(): void;
}

/**
 * Calls `onExpired` once `performance.now()` has reached `deadline`, unless cancelled. Nothing is armed for a deadline
 * that never comes.
 */
export function armTimer(deadline: number, onExpired: () => void): Timer | undefined {
  if (deadline === Number.POSITIVE_INFINITY) return undefined;
  const wait = () => {
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    return setTimeout(check, Math.min(left, MAX_TIMEOUT_MS));
  };
  const check = () => {
    if (performance.now() >= deadline) onExpired();
    else id = wait();
  };
  let id = wait();
  return { cancel: () => clearTimeout(id) };
}
