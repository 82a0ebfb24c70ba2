import { asyncScope } from "#async-scope";
import type { CompiledGuard, GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { maxSourceBytes, resolveLimits } from "../limits.js";
import { assertWebAssembly } from "../runtime/assert-web-assembly.js";
import { assertIntegrity } from "../source/integrity.js";
import { type GuardSource, readModule } from "../source/read-module.js";
import { waitFor } from "../time/wait-for.js";
import { SynchronousScope } from "./backend-scope.js";
import { Breaker } from "./breaker.js";
import { failSafeListener } from "./guard-event.js";
import { GuardCounters } from "./guard-stats.js";
import { LiveInstances } from "./live-instances.js";
import { type LoadGuardOptions, resolveOptions } from "./load-options.js";
import { type Guard, LoadedGuard } from "./loaded-guard.js";
import { failSafe, silentLogger } from "./logger.js";

/**
 * Reads, checks and compiles a guard.
 *
 * @param source bytes, a `file:` or other URL, a Response, or a promise of one of them. A compiled module can be checked
 *   by no engine: it is refused with `NOT_PREPARED` unless the caller vouches for it with `prepared`.
 * @throws GuardError `INVALID_MODULE` with everything that is wrong, `INTEGRITY`, `NOT_PREPARED`, `TIMEOUT`, `ENGINE_UNAVAILABLE`
 *   where there is no WebAssembly; TypeError and RangeError for options that make no sense; what a promise of a source rejects with
 */
export async function loadGuard(
  source: GuardSource | PromiseLike<GuardSource>,
  options: LoadGuardOptions,
): Promise<Guard> {
  const arriving = Promise.resolve(source);
  // A refusal below never looks at it; its rejection must not end the process then.
  arriving.catch(() => undefined);
  const settings = resolveOptions(options);
  const { engine, policySchema, breaker } = options;
  const limits = resolveLimits(options.limits);
  const logger = options.logger === undefined ? silentLogger : failSafe(options.logger);
  const emit = failSafeListener(options.onEvent);
  const context = {
    ...settings,
    limits,
    policySchema,
    logger,
    emit,
    breaker: breaker === false ? undefined : new Breaker(breaker, emit, logger),
    live: new LiveInstances({ ...settings, pinned: !settings.recovers }),
    counters: new GuardCounters(),
    // Following every await costs something in the whole process, so only where a backend may await at all.
    scope: engine.capabilities.asyncBackend ? asyncScope : synchronousScope,
  };
  const deadline = performance.now() + settings.loadTimeoutMs;
  return new LoadedGuard(engine, {
    ...context,
    compiled: await compile(arriving, limits, options, deadline),
  });
}

const synchronousScope = new SynchronousScope();

async function compile(
  source: Promise<GuardSource>,
  limits: GuardLimits,
  { engine, integrity, signal, prepared = false }: LoadGuardOptions,
  deadline: number,
): Promise<CompiledGuard> {
  signal?.throwIfAborted();
  assertWebAssembly();
  const abandoned = new AbortController();
  const compiling = (async () => {
    const module = await readModule(source, { maxBytes: maxSourceBytes(limits), signal: abandoned.signal });
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
    return engine.compile(module, limits, { prepared });
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
