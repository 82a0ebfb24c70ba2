import { assertWebAssembly, GuardError, instanceWithoutMemory } from "@guardhost/core";
import { WasmFormatError, WasmUnavailableError } from "@guardhost/rewrite";
import { compilesNothing } from "./compile-module.js";

/**
 * What `read` makes of a module by the functions of `@guardhost/rewrite`.
 *
 * @throws GuardError `INVALID_MODULE` for what is no module, or none that can be read; `ENGINE_UNAVAILABLE` and `OUT_OF_MEMORY` where
 *   the runtime does not run what reads modules, because that is WebAssembly itself
 */
export function readable<T>(read: () => T): T {
  assertWebAssembly();
  try {
    return read();
  } catch (cause) {
    if (cause instanceof WasmUnavailableError) {
      const withoutMemory = instanceWithoutMemory(cause.cause) !== undefined;
      throw withoutMemory
        ? new GuardError("OUT_OF_MEMORY", cause.message, { cause })
        : compilesNothing(cause.message, cause);
    }
    if (!(cause instanceof WasmFormatError)) throw cause;
    throw new GuardError("INVALID_MODULE", `the module cannot be read: ${cause.message}`, { cause });
  }
}
