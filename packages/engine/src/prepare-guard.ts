import { defaultLimits, type GuardLimits } from "@guardhost/core";
import { assertValidGuard, rewriteGuard } from "./rewritten-guard.js";

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
  // A copy, because something is awaited before the types are checked.
  const guard = await rewriteGuard(new Uint8Array(bytes), limits, keepOriginal);
  await assertValidGuard(guard);
  return guard.prepared;
}
