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

/** Whether `caller` would wait for itself if it waited for `session`, which may wait for other sessions in its turn. */
export function wouldWaitForItself(caller: BackendCall | undefined, session: BackendCaller): boolean {
  if (caller === undefined) return false;
  if (isInside(caller, session)) return true;
  return [...(session.pending?.waitsFor ?? [])].some((wait) => wouldWaitForItself(caller, wait.session));
}
