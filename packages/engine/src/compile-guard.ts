import type { GuardLimits } from "@guardhost/core";
import { compileModule } from "./compile-module.js";
import { assertValid, rewriteGuard } from "./rewritten-guard.js";

/** What {@link prepareGuard} makes of `bytes`, compiled. Throws as that does. */
export async function compileGuard(bytes: Uint8Array, limits: GuardLimits): Promise<WebAssembly.Module> {
  const { original, prepared } = await rewriteGuard(bytes, limits, false);
  try {
    // Is valid only if the original is.
    return await compileModule(prepared);
  } catch (error) {
    // What is wrong with the guard itself says more than what is wrong with what was made of it.
    await assertValid(original);
    throw error;
  }
}
