/** Listens to each signal once, however many calls share it: runtimes warn of many listeners as of a leak. */
export class AbortListeners {
  readonly #signals = new Map<AbortSignal, Listening>();

  /** Calls `callback` when the signal aborts. Returns what takes it off again. */
  add(signal: AbortSignal, callback: () => void): () => void {
    const listening = this.#signals.get(signal) ?? this.#listen(signal);
    listening.callbacks.add(callback);
    return () => {
      listening.callbacks.delete(callback);
      if (listening.callbacks.size > 0 || this.#signals.get(signal) !== listening) return;
      this.#signals.delete(signal);
      signal.removeEventListener("abort", listening.onAbort);
    };
  }

  #listen(signal: AbortSignal): Listening {
    const callbacks = new Set<() => void>();
    const onAbort = () => {
      for (const callback of [...callbacks]) callback();
    };
    const listening = { callbacks, onAbort };
    this.#signals.set(signal, listening);
    signal.addEventListener("abort", onAbort);
    return listening;
  }
}

interface Listening {
  readonly callbacks: Set<() => void>;
  readonly onAbort: () => void;
}
