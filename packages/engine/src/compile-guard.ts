import type { GuardLimits } from "@guardhost/core";
import { compileModule } from "./compile-module.js";
import { assertValidGuard, rewriteGuard } from "./rewritten-guard.js";

/** What {@link prepareGuard} makes of `bytes`, compiled. Throws as that does. */
export async function compileGuard(bytes: Uint8Array, limits: GuardLimits): Promise<WebAssembly.Module> {
  const guard = await rewriteGuard(bytes, limits, false);
  try {
    // Is valid only if the original is.
    return await compileModule(guard.prepared);
  } catch (error) {
    // What is wrong with the guard itself says more than what is wrong with what was made of it.
    await assertValidGuard(guard);
    throw error;
  }
}
