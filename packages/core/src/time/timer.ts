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
  let id: ReturnType<typeof setTimeout>;
  const arm = () => {
    const left = deadline - performance.now();
    if (left <= 0) onExpired();
    else id = setTimeout(arm, Math.min(Math.ceil(left), MAX_TIMEOUT_MS));
  };
  id = setTimeout(arm, Math.min(Math.max(0, Math.ceil(deadline - performance.now())), MAX_TIMEOUT_MS));
  return { cancel: () => clearTimeout(id) };
}
