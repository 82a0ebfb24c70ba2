import { asyncScope } from "#async-scope";
import type { CompiledGuard, EngineCapabilities, GuardEngine, GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { resolveLimits } from "../limits.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import { assertIntegrity } from "../source/integrity.js";
import { type GuardSource, readModule } from "../source/read-module.js";
import { assertTimeout } from "../time/assert-timeout.js";
import { waitFor } from "../time/wait-for.js";
import { isInside, SynchronousScope } from "./backend-scope.js";
import { failSafe, type GuardLogger, silentLogger } from "./logger.js";
import { type GuardSession, Session, type SessionContext, type SessionOptions } from "./session.js";

/** Milliseconds that a call may take by default. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Milliseconds that loading may take by default. */
const DEFAULT_LOAD_TIMEOUT_MS = 10_000;

/** Calls that may wait for a session by default. */
const DEFAULT_MAX_WAITING_CALLS = 64;

/** Settings of {@link loadGuard}. */
export interface LoadGuardOptions {
  readonly engine: GuardEngine;
  /** Merged over `defaultLimits`. */
  readonly limits?: Partial<GuardLimits> | undefined;
  /** Milliseconds for each call, waiting, opening and backend included; more than 0. 10,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for loading; more than 0. 10,000 unless given. */
  readonly loadTimeoutMs?: number | undefined;
  /** Aborts loading, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** What the module's bytes must hash to, in the format of Subresource Integrity: `sha256-…`. */
  readonly integrity?: string | undefined;
  /** Accepts policies of the guard's own instead of allow-only ones, and may transform them. */
  readonly policySchema?: StandardSchema | undefined;
  /** Whether labelling before `labelAgent` is refused; true unless given. */
  readonly policyRequired?: boolean | undefined;
  /** Calls of one session that may wait for their turn; more are refused as `BUSY`. 64 unless given. */
  readonly maxWaitingCalls?: number | undefined;
  /** Gets what the host has to say. Nothing is logged unless given. */
  readonly logger?: GuardLogger | undefined;
  /** Whether `logger` also gets what the guard says: untrusted text, escaped, possibly with data of its inputs. */
  readonly logGuestMessages?: boolean | undefined;
}

/** A loaded guard, compiled once for all its sessions. */
export interface Guard extends AsyncDisposable {
  /** Name of its engine. */
  readonly engine: string;
  readonly capabilities: EngineCapabilities;
  readonly limits: GuardLimits;
  /** A session of its own policy. Opens nothing yet. Throws a GuardError `CLOSED`. */
  session(options?: SessionOptions): GuardSession;
  /**
   * Closes all sessions, each as its own `close` does, then the guard. Rejects with an AggregateError of what did not end
   * well. Inside a backend call of a session it resolves at once, and the rest happens afterwards.
   */
  close(): Promise<void>;
}

/**
 * Reads, checks and compiles a guard.
 *
 * @param source bytes, a `file:` or other URL, a Response, or a promise of one of them. A compiled module can be checked
 *   by no engine, which refuses it with `NOT_PREPARED`.
 * @throws GuardError `INVALID_MODULE` with everything that is wrong, `INTEGRITY`, `NOT_PREPARED`, `TIMEOUT`; TypeError and
 *   RangeError for options that make no sense; what a promise of a source rejects with
 */
export async function loadGuard(
  source: GuardSource | PromiseLike<GuardSource>,
  options: LoadGuardOptions,
): Promise<Guard> {
  const arriving = Promise.resolve(source);
  // A refusal below never looks at it; its rejection must not end the process then.
  arriving.catch(() => undefined);
  assertOptions(options);
  const { engine, timeoutMs = DEFAULT_TIMEOUT_MS, loadTimeoutMs = DEFAULT_LOAD_TIMEOUT_MS } = options;
  const { maxWaitingCalls = DEFAULT_MAX_WAITING_CALLS } = options;
  assertTimeout("timeoutMs", timeoutMs);
  assertTimeout("loadTimeoutMs", loadTimeoutMs);
  if (!(maxWaitingCalls >= 0))
    throw new RangeError(`maxWaitingCalls must be 0 or more, not ${maxWaitingCalls}`);
  const limits = resolveLimits(options.limits);
  const compiled = await compile(arriving, limits, options, performance.now() + loadTimeoutMs);
  return new LoadedGuard(engine, {
    compiled,
    limits,
    timeoutMs,
    maxWaitingCalls,
    policySchema: options.policySchema,
    policyRequired: options.policyRequired ?? true,
    logger: options.logger === undefined ? silentLogger : failSafe(options.logger),
    logGuestMessages: options.logGuestMessages ?? false,
    // Following every await costs something in the whole process, so only where a backend may await at all.
    scope: engine.capabilities.asyncBackend ? asyncScope : synchronousScope,
  });
}

/** An option that is misspelt, `integrity` above all, must not pass for one that was left out. */
function assertOptions(options: LoadGuardOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) throw new TypeError(`loadGuard has no option ${JSON.stringify(unknown)}`);
  if (typeof options.engine?.compile !== "function") throw new TypeError("loadGuard needs the option engine");
}

const OPTIONS: Record<keyof LoadGuardOptions, true> = {
  engine: true,
  limits: true,
  timeoutMs: true,
  loadTimeoutMs: true,
  signal: true,
  integrity: true,
  policySchema: true,
  policyRequired: true,
  maxWaitingCalls: true,
  logger: true,
  logGuestMessages: true,
};

const synchronousScope = new SynchronousScope();

async function compile(
  source: Promise<GuardSource>,
  limits: GuardLimits,
  { engine, integrity, signal }: LoadGuardOptions,
  deadline: number,
): Promise<CompiledGuard> {
  signal?.throwIfAborted();
  const abandoned = new AbortController();
  const compiling = (async () => {
    const module = await readModule(source, { maxBytes: limits.maxModuleBytes, signal: abandoned.signal });
    if (integrity !== undefined) {
      if (module instanceof WebAssembly.Module) {
        throw new GuardError(
          "INTEGRITY",
          "the integrity of a compiled module cannot be checked; pass its bytes",
        );
      }
      await assertIntegrity(module, integrity);
    }
    abandoned.signal.throwIfAborted();
    return engine.compile(module, limits);
  })();
  try {
    const onTimeout = () => new GuardError("TIMEOUT", "the guard could not be loaded in time");
    return await waitFor(compiling, { deadline, signal, onTimeout });
  } catch (error) {
    abandoned.abort(error);
    // One that is compiled after all belongs to nobody.
    compiling.then((late) => late.close()).catch(() => undefined);
    throw error;
  }
}

class LoadedGuard implements Guard {
  readonly engine: string;
  readonly capabilities: EngineCapabilities;
  readonly limits: GuardLimits;
  readonly #context: SessionContext;
  readonly #sessions = new Set<Session>();
  #closing: Promise<void> | undefined;

  constructor(engine: GuardEngine, context: Omit<SessionContext, "onClose">) {
    this.engine = engine.name;
    this.capabilities = engine.capabilities;
    this.limits = context.limits;
    this.#context = { ...context, onClose: (session) => this.#sessions.delete(session) };
  }

  session(options: SessionOptions = {}): GuardSession {
    if (this.#closing !== undefined) throw new GuardError("CLOSED", "the guard is closed");
    const session = new Session(this.#context, options);
    this.#sessions.add(session);
    return session;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    const caller = this.#context.scope.current();
    if (![...this.#sessions].some((session) => isInside(caller, session))) return this.#closing;
    // Whoever closes next gets to know how it went.
    this.#closing.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const ended = await Promise.allSettled([...this.#sessions].map((session) => session.finish()));
    const failed = ended.filter((result) => result.status === "rejected").map((result) => result.reason);
    try {
      await this.#context.compiled.close();
    } catch (error) {
      failed.push(error);
    }
    if (failed.length > 0)
      throw new AggregateError(failed, "the guard is closed, but not everything ended well");
  }
}
