/** A session, as far as it makes and serves backend calls. */
export interface BackendCaller {
  /** The backend call that the session waits for. */
  readonly pending: BackendCall | undefined;
}

/** One backend call on the way, and the one it was made from. */
export interface BackendCall {
  readonly session: BackendCaller;
  readonly outer: BackendCall | undefined;
  /** Calls of sessions that the backend itself waits for. */
  readonly waitsFor: Set<{ readonly session: BackendCaller }>;
  settled: boolean;
}

/** Remembers on whose behalf code runs: which backend call, if any, it is part of. */
export interface BackendScope {
  run<T>(call: BackendCall, callback: () => T): T;
  current(): BackendCall | undefined;
}

/** Follows the synchronous part of a backend call only. */
export class SynchronousScope implements BackendScope {
  #current: BackendCall | undefined;

  run<T>(call: BackendCall, callback: () => T): T {
    const outer = this.#current;
    this.#current = call;
    try {
      return callback();
    } finally {
      this.#current = outer;
    }
  }

  current(): BackendCall | undefined {
    return this.#current;
  }
}

/** Whether `innermost` is part of an unsettled backend call of `session`, directly or through other sessions. */
export function isInside(innermost: BackendCall | undefined, session: BackendCaller): boolean {
  for (let call = innermost; call !== undefined; call = call.outer) {
    if (call.session === session && !call.settled) return true;
  }
  return false;
}

/** Whether anybody waits for what `innermost` is part of: it, or a backend call around it, is not settled. */
export function isAwaited(innermost: BackendCall | undefined): boolean {
  for (let call = innermost; call !== undefined; call = call.outer) {
    if (!call.settled) return true;
  }
  return false;
}

/**
 * Whether `caller` would wait for itself if it waited for one of `sessions`, which may wait for other sessions in their
 * turn.
 */
export function wouldWaitForItself(
  caller: BackendCall | undefined,
  sessions: Iterable<BackendCaller>,
): boolean {
  if (caller === undefined) return false;
  // A set goes through what is added while it is gone through, and through nothing twice.
  const reached = new Set(sessions);
  for (const session of reached) {
    if (isInside(caller, session)) return true;
    for (const wait of session.pending?.waitsFor ?? []) reached.add(wait.session);
  }
  return false;
}

/** Remembers that `caller` waits for `session`, until the function that it returns is called. */
export function noteWait(caller: BackendCall | undefined, session: BackendCaller): () => void {
  // One for each time: a backend may wait for several calls of one session.
  const wait = { session };
  caller?.waitsFor.add(wait);
  return () => void caller?.waitsFor.delete(wait);
}
