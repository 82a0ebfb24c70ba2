import type { GuardLimits } from "@guardhost/core";
import { compileModule } from "./compile-module.js";
import { assertValid, rewriteGuard } from "./rewritten-guard.js";

/** What {@link prepareGuard} makes of `bytes`, compiled. Throws as that does. */
export async function compileGuard(bytes: Uint8Array, limits: GuardLimits): Promise<WebAssembly.Module> {
  const guard = await rewriteGuard(bytes, limits, false);
  // The runtime compiles a large one beside this thread, which checks the types of the original meanwhile.
  const compiled = compileModule(guard.prepared);
  // Of a guard that is refused nobody asks what became of it.
  compiled.catch(() => undefined);
  await assertValid(guard.original);
  return compiled;
}
