import { onAbort } from "@guardhost/core";

/** Settles as `promise` does, or rejects with `signal.reason` when that comes first. Who was waited for goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const endListening = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(endListening);
  });
}
