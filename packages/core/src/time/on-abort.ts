interface Listening {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/** Signals that somebody listens to. */
const listenings = new WeakMap<AbortSignal, Listening>();

/**
 * Calls `callback` when `signal` aborts, until the function that it returns is called. Whoever shares the signal shares one
 * listener as well: runtimes warn of many as of a leak. A signal that has aborted already calls nobody.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const listening = listenings.get(signal) ?? listen(signal);
  // A function of its own each time: the same callback may be there more than once.
  const entry = () => callback();
  listening.callbacks.add(entry);
  return () => {
    listening.callbacks.delete(entry);
    if (listening.callbacks.size > 0 || listenings.get(signal) !== listening) return;
    listenings.delete(signal);
    signal.removeEventListener("abort", listening.listener);
  };
}

function listen(signal: AbortSignal): Listening {
  const callbacks = new Set<() => void>();
  const listener = () => {
    for (const callback of [...callbacks]) callback();
  };
  const listening = { callbacks, listener };
  listenings.set(signal, listening);
  signal.addEventListener("abort", listener);
  return listening;
}
