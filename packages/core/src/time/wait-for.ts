import { onAbort } from "./on-abort.js";
import { armTimer, type Timer } from "./timer.js";

/** When to stop waiting. */
export interface WaitLimits {
  /** In terms of `performance.now()`; infinity for none. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  /** The error for a deadline that has passed. */
  readonly onTimeout: () => unknown;
}

/**
 * Settles as `work` does, unless the signal aborts (rejects with `signal.reason`) or the deadline passes first. The work
 * itself goes on; what becomes of it then is nobody's concern. Leaves no timer and no listener behind.
 */
export async function waitFor<T>(
  work: PromiseLike<T>,
  { deadline, signal, onTimeout }: WaitLimits,
): Promise<T> {
  let timer: Timer | undefined;
  let endListening: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      Promise.resolve(work).then(resolve, reject);
      if (signal?.aborted) reject(signal.reason);
      else if (signal !== undefined) endListening = onAbort(signal, () => reject(signal.reason));
      timer = armTimer(deadline, () => reject(onTimeout()));
    });
  } finally {
    timer?.cancel();
    endListening?.();
  }
}
