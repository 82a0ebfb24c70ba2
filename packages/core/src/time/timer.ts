/** What setTimeout can wait for; more fires at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** A timer that has not fired yet, or has. */
export interface Timer {
  cancel(): void;
}

/** Settings of {@link armTimer}. */
export interface TimerOptions {
  /** Whether a process stays alive for it, where runtimes know the difference; true unless given. */
  readonly keepsAlive?: boolean;
}

/**
 * Calls `onExpired` once `performance.now()` has reached `deadline`, unless cancelled. Nothing is armed for a deadline
 * that never comes.
 */
export function armTimer(
  deadline: number,
  onExpired: () => void,
  { keepsAlive = true }: TimerOptions = {},
): Timer | undefined {
  if (deadline === Number.POSITIVE_INFINITY) return undefined;
  const wait = () => {
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    const id: unknown = setTimeout(check, Math.min(left, MAX_TIMEOUT_MS));
    if (!keepsAlive) (id as { unref?(): void }).unref?.();
    return id as number;
  };
  const check = () => {
    if (performance.now() >= deadline) onExpired();
    else id = wait();
  };
  let id = wait();
  return { cancel: () => clearTimeout(id) };
}
