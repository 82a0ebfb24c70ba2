import { onAbort } from "@guardhost/core";

/** Waits for `work`, but for no longer than until `signal` aborts: then it rejects with the reason, whatever becomes of the work. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  // What nobody waits for any more is nobody's failure.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let endListening: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    endListening = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    endListening?.();
  }
}
