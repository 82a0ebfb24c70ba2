import { assertGuardModule, defaultLimits, GuardError, type GuardLimits } from "@guardhost/core";
import {
  describe,
  isPrepared,
  prepare,
  restore,
  WasmFormatError,
  WasmUnavailableError,
} from "@guardhost/rewrite";
import { compileModule, compilesNothing } from "./compile-module.js";

/** Settings of {@link prepareGuard}. */
export interface PrepareGuardOptions {
  /**
   * Adds the guard as it was, which doubles the size, so that the result can be loaded as bytes as well: that is what it is
   * verified by. Without, it can be loaded as a compiled module with `prepared: true` only. False unless given.
   */
  readonly keepOriginal?: boolean | undefined;
}

/**
 * Checks that `bytes` can run as a guard under `limits`, and rewrites them so that it cannot grow beyond, and can be
 * stopped: what `guardhost prepare` writes, and what {@link native} compiles. Bytes that are prepared already are verified
 * by the guard that they hold, which is what `limits.maxModuleBytes` is about.
 *
 * @throws GuardError `INVALID_MODULE` with everything that is wrong; `ENGINE_UNAVAILABLE` when the runtime compiles nothing, because
 *   what reads and rewrites is WebAssembly itself
 */
export async function prepareGuard(
  bytes: Uint8Array,
  limits: GuardLimits = defaultLimits,
  { keepOriginal = false }: PrepareGuardOptions = {},
): Promise<Uint8Array> {
  const restored = readable(() => (isPrepared(bytes) ? restore(bytes, limits) : undefined));
  const original = restored?.module ?? bytes;
  assertGuardModule(
    readable(() => describe(original)),
    limits,
  );
  // Types are not the rewriter's concern, and must be right before it adds anything of its own.
  if (!WebAssembly.validate(original as BufferSource)) await compileModule(original);
  const { maxMemoryPages, maxTableElements } = limits;
  if (
    restored?.caps.maxMemoryPages === maxMemoryPages &&
    restored.caps.maxTableElements === maxTableElements
  ) {
    return keepOriginal ? bytes : restored.prepared;
  }
  return readable(() => prepare(original, limits, { keepOriginal }));
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof WasmUnavailableError) throw compilesNothing(cause.message, cause);
    if (!(cause instanceof WasmFormatError)) throw cause;
    throw new GuardError("INVALID_MODULE", `the module cannot be read: ${cause.message}`, { cause });
  }
}
