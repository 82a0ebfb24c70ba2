import { assertWebAssembly, type GuardEngine, GuardError } from "@guardhost/core";
import { THREADS_NEED, type ThreadWorker, threadsAvailable } from "@guardhost/thread";
import { helperModule } from "#helper-module";
import { callerGuard } from "./caller-guard.js";
import { assertEngineOptions, type EngineOptions, type EngineThread } from "./engine-options.js";
import { GuardModules } from "./guard-modules.js";
import type { CreateWasi } from "./instance-wasi.js";
import { detectJspi } from "./jspi.js";
import { GuardThreads } from "./threaded-guard.js";

/** What makes one engine another than the next. */
export interface EngineParts<Setup, Options extends EngineOptions> {
  readonly name: string;
  readonly options: Options;
  /** Names of options beside {@link EngineOptions}; none unless given. */
  readonly ownOptions?: Readonly<Record<string, true>>;
  readonly createWasi: CreateWasi<Setup>;
  /** Makes what {@link createWasi} gets. Has to be cloneable: worker threads are sent it with each instance. */
  readonly createSetup: (options: Options) => Setup;
  /** Starts a worker whose entry calls `serveEngine` with the same {@link createWasi}. */
  readonly spawnWorker: () => ThreadWorker;
}

/**
 * An engine on the runtime's own WebAssembly. Every guard gets interrupt checks, by which a deadline or an abort stops it
 * wherever it is.
 *
 * Throws a TypeError for options that do not exist or are of another kind, and a RangeError for what else makes no sense. Loading
 * a guard rejects with a GuardError `ENGINE_UNAVAILABLE` where `thread: "worker"` is impossible.
 */
export function createEngine<Setup, Options extends EngineOptions>(
  parts: EngineParts<Setup, Options>,
): GuardEngine {
  const { name, options, ownOptions = {}, createWasi, createSetup, spawnWorker } = parts;
  assertEngineOptions(name, options, ownOptions);
  const setup = createSetup(options);
  const { thread = "auto", maxCachedModules = 16, sliceMs = 4, maxThreads, graceMs } = options;
  const jspi = detectJspi();
  const onWorkers = usesWorkers(thread, jspi !== undefined);
  const modules = new GuardModules(maxCachedModules);
  const threads = onWorkers ? new GuardThreads({ maxThreads, graceMs, spawn: spawnWorker }) : undefined;
  const isSuspendable = onWorkers || jspi !== undefined;
  return {
    name,
    capabilities: {
      interruptible: true,
      asyncBackend: isSuspendable,
      timeSliced: isSuspendable,
      linearMemory: !onWorkers,
    },
    async compile(source, limits, { prepared = false } = {}) {
      assertWebAssembly();
      if (onWorkers && !threadsAvailable()) {
        throw new GuardError(
          "ENGINE_UNAVAILABLE",
          `${name}() cannot run guards on worker threads here: they need ${THREADS_NEED}; make it with thread: "auto"`,
        );
      }
      const load = () => modules.load(source, limits, prepared);
      if (threads !== undefined) return threads.host(load, { limits, setup });
      // Whoever compiles elsewhere is told now that here nothing can be.
      if (jspi !== undefined) helperModule("suspendingBackend");
      return callerGuard(await load(), { limits, setup, createWasi, jspi, sliceMs });
    },
  };
}

function usesWorkers(thread: EngineThread, hasJspi: boolean): boolean {
  switch (thread) {
    case "auto":
      return !hasJspi && threadsAvailable();
    case "caller":
      return false;
    case "worker":
      return true;
  }
}
