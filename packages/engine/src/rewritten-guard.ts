import { assertGuardModule, type GuardLimits, type ModuleDescription } from "@guardhost/core";
import {
  describe,
  isPrepared,
  type PreparedModule,
  prepareAndDescribe,
  type RestoredModule,
  restore,
} from "@guardhost/rewrite";
import { assertValid } from "./assert-valid.js";
import { readable } from "./readable.js";

/** A guard that was rewritten. What was made of it is valid only if it is: see {@link assertValidGuard}. */
export interface RewrittenGuard {
  readonly original: Uint8Array;
  readonly prepared: Uint8Array;
}

/**
 * Checks that `bytes` can run as a guard under `limits`, but for their types, and rewrites them; those that are prepared already
 * are verified.
 *
 * @throws GuardError `INVALID_MODULE` with everything that is wrong; `ENGINE_UNAVAILABLE` when the runtime compiles nothing,
 *   because what reads and rewrites is WebAssembly itself
 */
export async function rewriteGuard(
  bytes: Uint8Array,
  limits: GuardLimits,
  keepOriginal: boolean,
): Promise<RewrittenGuard> {
  const restored = readable(() => (isPrepared(bytes) ? restore(bytes, limits) : undefined));
  const original = restored?.module ?? bytes;
  const assertAcceptable = (description: ModuleDescription) => assertGuardModule(description, limits);
  const assertDescribed = () => assertAcceptable(readable(() => describe(original)));
  // What is too large is refused without being rewritten.
  if (original.length > limits.maxModuleBytes) assertDescribed();
  if (restored !== undefined && isFor(limits, restored)) {
    assertAcceptable(restored.description);
    return { original, prepared: keepOriginal ? bytes : restored.prepared };
  }
  let rewritten: PreparedModule;
  try {
    // Nor is one with more of anything than guards may have: its code may become twenty times as long.
    const options = { keepOriginal, assertDeclared: assertAcceptable };
    rewritten = readable(() => prepareAndDescribe(original, limits, options));
  } catch (error) {
    // What is wrong with the guard itself says more than why it cannot be prepared.
    assertDescribed();
    await assertValid(original);
    throw error;
  }
  assertAcceptable(rewritten.description);
  return { original, prepared: rewritten.prepared };
}

/**
 * Checks the types of a guard, which are not the rewriter's concern: what it makes of wrong ones is wrong. And checks what became
 * of the guard, which has grown.
 *
 * @throws GuardError `INVALID_MODULE`
 */
export async function assertValidGuard({ original, prepared }: RewrittenGuard): Promise<void> {
  await assertValid(original);
  await assertValid(
    prepared,
    "the guard is valid, but not with its checks, most likely because a function is too large for this runtime then, and has to be split",
  );
}

function isFor(limits: GuardLimits, { caps }: RestoredModule): boolean {
  return caps.maxMemoryPages === limits.maxMemoryPages && caps.maxTableElements === limits.maxTableElements;
}
