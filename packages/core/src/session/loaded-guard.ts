import type { CompiledGuard, EngineCapabilities, GuardEngine, GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { waitFor } from "../time/wait-for.js";
import { assertKnownOptions } from "./assert-known-options.js";
import { wouldWaitForItself } from "./backend-scope.js";
import type { GuardSession, SessionOptions } from "./guard-session.js";
import type { GuardStats } from "./guard-stats.js";
import { Session, type SessionContext } from "./session.js";

/** A loaded guard, compiled once for all its sessions. */
export interface Guard extends AsyncDisposable {
  /** Name of its engine. */
  readonly engine: string;
  readonly capabilities: EngineCapabilities;
  readonly limits: GuardLimits;
  /** A session of its own policy. Opens nothing yet. Throws a GuardError `CLOSED`, and a TypeError for wrong options. */
  session(options?: SessionOptions): GuardSession;
  /** What has happened so far, in numbers. */
  stats(): GuardStats;
  /**
   * Closes all sessions, each as its own `close` does, then the guard, for which the engine has `closeTimeoutMs` too.
   * Rejects with an AggregateError of what did not end well. Inside a backend call that it would wait for it resolves at
   * once, and the rest happens afterwards.
   */
  close(): Promise<void>;
}

const SESSION_OPTIONS: Record<keyof SessionOptions, true> = { backend: true, principal: true };

/** Implements {@link Guard}. */
export class LoadedGuard implements Guard {
  readonly engine: string;
  readonly capabilities: EngineCapabilities;
  readonly limits: GuardLimits;
  readonly #context: SessionContext;
  readonly #sessions = new Set<Session>();
  #lastId = 0;
  #closing: Promise<void> | undefined;

  constructor(engine: GuardEngine, context: Omit<SessionContext, "onClose">) {
    this.engine = engine.name;
    this.capabilities = Object.freeze({ ...engine.capabilities });
    this.limits = context.limits;
    this.#context = { ...context, onClose: (session) => this.#sessions.delete(session) };
  }

  session(options: SessionOptions = {}): GuardSession {
    assertKnownOptions("session", options, SESSION_OPTIONS);
    if (this.#closing !== undefined) throw new GuardError("CLOSED", "the guard is closed");
    const session = new Session(this.#context, this.#lastId + 1, options);
    this.#lastId++;
    this.#sessions.add(session);
    return session;
  }

  stats(): GuardStats {
    const { counters, live } = this.#context;
    let waitingCalls = live.waiting;
    for (const session of this.#sessions) waitingCalls += session.waitingCalls;
    return {
      ...counters.snapshot(),
      sessions: this.#sessions.size,
      liveInstances: live.size,
      waitingCalls,
    };
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    const caller = this.#context.scope.current();
    if (wouldWaitForItself(caller, this.#sessions)) {
      // Whoever closes next gets to know how it went.
      this.#closing.catch(() => undefined);
      return;
    }
    const waits = Array.from(this.#sessions, (session) => session.keepWaiting(caller));
    await this.#closing.finally(() => {
      for (const endWait of waits) endWait();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { compiled, live, closeTimeoutMs } = this.#context;
    const ended = await Promise.allSettled([...this.#sessions].map((session) => session.finish()));
    const failed = ended.filter((result) => result.status === "rejected").map((result) => result.reason);
    live.close();
    try {
      await closeWithin(compiled, closeTimeoutMs);
    } catch (error) {
      failed.push(error);
    }
    if (failed.length > 0)
      throw new AggregateError(failed, "the guard is closed, but not everything ended well");
  }
}

function closeWithin(compiled: CompiledGuard, timeoutMs: number): Promise<void> {
  const onTimeout = () => new GuardError("TIMEOUT", "the engine did not end the guard in time");
  return waitFor(compiled.close(), {
    deadline: performance.now() + timeoutMs,
    signal: undefined,
    onTimeout,
  });
}
