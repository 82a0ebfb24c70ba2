/** An abort controller that knows how many listeners its signal has. */
export interface CountingController {
  readonly signal: AbortSignal;
  readonly abort: (reason?: unknown) => void;
  /** Listeners that were added and neither removed nor, being for once, used up. */
  readonly listeners: () => number;
  /** Listeners that were ever added. */
  readonly added: () => number;
}

/** Counts what is done to a signal through `addEventListener` and `removeEventListener`. */
export function countingController(): CountingController {
  const controller = new AbortController();
  const { signal } = controller;
  const present = new Set<unknown>();
  let added = 0;
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener(type: string, listener: () => void, options?: { once?: boolean }) {
      added++;
      present.add(listener);
      if (options?.once) addEventListener.call(signal, type, () => present.delete(listener), { once: true });
      addEventListener.call(signal, type, listener, options);
    },
    removeEventListener(type: string, listener: () => void) {
      present.delete(listener);
      removeEventListener.call(signal, type, listener);
    },
  });
  return {
    signal,
    abort: (reason) => controller.abort(reason),
    listeners: () => present.size,
    added: () => added,
  };
}
