import type { GuardLimits } from "@guardhost/core";
import { acceptModule } from "./accept-module.js";
import { compileGuard } from "./compile-guard.js";
import { ModuleCache } from "./module-cache.js";

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
      return this.#cache.get(source, settingsOf(limits), (bytes) => compileGuard(bytes, limits));
    }
    acceptModule(source, limits, prepared);
    return source;
  }
}

/** What the compiled module depends on beside its bytes: the limits that judge and cap them. */
function settingsOf(limits: GuardLimits): string {
  const { maxModuleBytes, maxMemoryPages, maxTableElements, allowDirectMemory } = limits;
  return [maxModuleBytes, maxMemoryPages, maxTableElements, allowDirectMemory].join();
}
