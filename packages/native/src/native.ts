import type { GuardEngine } from "@guardhost/core";
import { threadsAvailable } from "@guardhost/thread";
import { callerGuard } from "./caller-guard.js";
import { GuardModules } from "./guard-modules.js";
import { detectJspi } from "./jspi.js";
import { assertNativeOptions, type NativeOptions, type NativeThread } from "./native-options.js";
import { GuardThreads } from "./threaded-guard.js";

/**
 * The runtime's own WebAssembly. Every guard gets interrupt checks, by which a deadline or an abort stops it wherever it is.
 *
 * Throws a RangeError for options that make no sense. Loading a guard rejects with a GuardError `ENGINE_UNAVAILABLE` where
 * `thread: "worker"` is impossible.
 */
export function native(options: NativeOptions = {}): GuardEngine {
  assertNativeOptions(options);
  const { thread = "auto", maxCachedModules = 16, sliceMs = 4, maxThreads, graceMs } = options;
  const jspi = detectJspi();
  const onWorkers = usesWorkers(thread, jspi !== undefined);
  const modules = new GuardModules(maxCachedModules);
  const threads = onWorkers ? new GuardThreads({ maxThreads, graceMs }) : undefined;
  const isSuspendable = onWorkers || jspi !== undefined;
  const { clock, random } = options;
  const wasi = { clock, random };
  return {
    name: "native",
    capabilities: {
      interruptible: true,
      asyncBackend: isSuspendable,
      timeSliced: isSuspendable,
      linearMemory: !onWorkers,
    },
    async compile(source, limits, { prepared = false } = {}) {
      const module = await modules.load(source, limits, prepared);
      return threads?.host({ module, limits, wasi }) ?? callerGuard(module, { limits, wasi, jspi, sliceMs });
    },
  };
}

function usesWorkers(thread: NativeThread, hasJspi: boolean): boolean {
  switch (thread) {
    case "auto":
      return !hasJspi && threadsAvailable();
    case "caller":
      return false;
    case "worker":
      return true;
  }
}
