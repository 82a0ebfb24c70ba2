import { type GuardLimits, integrityOf } from "@guardhost/core";
import { acceptModule } from "./accept-module.js";
import { compileModule } from "./compile-module.js";
import { ModuleCache } from "./module-cache.js";
import { prepareGuard } from "./prepare-guard.js";

/** Compiled guards, kept for those that load the same one again. */
export class GuardModules {
  readonly #cache: ModuleCache<WebAssembly.Module>;

  /** @param maxCached how many to keep */
  constructor(maxCached: number) {
    this.#cache = new ModuleCache(maxCached);
  }

  /** Checks and compiles bytes; a compiled module has to be `prepared`. Rejects with a GuardError. */
  async load(
    source: Uint8Array | WebAssembly.Module,
    limits: GuardLimits,
    prepared: boolean,
  ): Promise<WebAssembly.Module> {
    if (!(source instanceof WebAssembly.Module)) {
      return this.#cache.get(await cacheKey(source, limits), async () =>
        compileModule(await prepareGuard(source, limits)),
      );
    }
    acceptModule(source, limits, prepared);
    return source;
  }
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
