import {
  type CompiledGuard,
  type GuardChannel,
  type GuardEngine,
  GuardError,
  type GuardHost,
  type GuardLimits,
  integrityOf,
} from "@guardhost/core";
import { compileGuard } from "./compile-guard.js";
import { detectJspi } from "./jspi.js";
import { ModuleCache } from "./module-cache.js";
import { openGuard } from "./open-guard.js";
import type { ClockMode } from "./wasi/clocks.js";
import type { RandomMode } from "./wasi/random.js";

/** Settings of {@link native}. */
export interface NativeOptions {
  /** What a guard sees of time: "deterministic" (each reading 1 ms after the last) unless given, or "real". */
  readonly clock?: ClockMode;
  /** What a guard gets as randomness: "deterministic" (the same bytes in every instance) unless given, or "real". */
  readonly random?: RandomMode;
  /** Compiled modules to keep for guards that are loaded again, 0 for none; 16 unless given. */
  readonly maxCachedModules?: number;
}

/**
 * The runtime's own WebAssembly, on the caller's thread. Asynchronous backends work where the runtime has JavaScript
 * Promise Integration; a running guard cannot be stopped, and blocks the event loop meanwhile.
 */
export function native(options: NativeOptions = {}): GuardEngine {
  const jspi = detectJspi();
  const cache = new ModuleCache<WebAssembly.Module>(options.maxCachedModules ?? 16);
  return {
    name: "native",
    capabilities: {
      interruptible: false,
      asyncBackend: jspi !== undefined,
      timeSliced: false,
      linearMemory: true,
    },
    async compile(bytes, limits) {
      if (bytes instanceof WebAssembly.Module) {
        throw new GuardError(
          "NOT_PREPARED",
          "a compiled WebAssembly.Module cannot be checked or limited; pass the bytes it was compiled from",
        );
      }
      const module = await cache.get(await cacheKey(bytes, limits), () => compileGuard(bytes, limits));
      return compiledGuard((host) => openGuard(module, host, { limits, wasi: options, jspi }));
    },
  };
}

/** Everything that the compiled module depends on: its bytes, and the limits that judge and cap them. */
async function cacheKey(bytes: Uint8Array, limits: GuardLimits): Promise<string> {
  const { maxModuleBytes, maxMemoryPages, maxTableElements, allowDirectMemory } = limits;
  return [
    await integrityOf(bytes),
    maxModuleBytes,
    maxMemoryPages,
    maxTableElements,
    allowDirectMemory,
  ].join();
}

function compiledGuard(openChannel: (host: GuardHost) => Promise<GuardChannel>): CompiledGuard {
  const channels = new Set<GuardChannel>();
  let closed = false;
  return {
    async open(host) {
      if (closed) throw new GuardError("CLOSED", "the guard is closed");
      const channel = await openChannel(host);
      channels.add(channel);
      return {
        call: (operation, input, options) => channel.call(operation, input, options),
        close() {
          channels.delete(channel);
          return channel.close();
        },
      };
    },
    async close() {
      closed = true;
      await Promise.all([...channels].map((channel) => channel.close()));
      channels.clear();
    },
  };
}
