import type { GuardEngine } from "@guardhost/core";
import { ConformanceError } from "./assertions.js";
import { CheckContext } from "./check-context.js";
import type { Requirement } from "./requirement.js";

/** Milliseconds that a requirement may take by default. */
const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Tries one requirement on an engine, and closes what was opened for it.
 *
 * Rejects with what went wrong: the engine does otherwise, threw something, or took longer than `timeoutMs`. A guest that
 * blocks the thread for ever cannot be helped from here.
 */
export async function checkRequirement(
  requirement: Requirement,
  engine: GuardEngine,
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): Promise<void> {
  const context = new CheckContext(engine);
  const began = performance.now();
  const late = () => new ConformanceError(`the engine did not settle within ${timeoutMs} ms`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
      // What still runs is nobody's any more, and must not be in the way of the next requirement.
      context.close().catch(() => undefined);
    }, timeoutMs);
  });
  try {
    await Promise.race([checkAndClose(requirement, context), expired]);
    // The timer could not fire if the engine kept the thread to itself.
    if (performance.now() - began > timeoutMs) throw late();
  } finally {
    clearTimeout(timer);
  }
}

async function checkAndClose(requirement: Requirement, context: CheckContext): Promise<void> {
  try {
    await requirement.check(context);
  } finally {
    await context.close();
  }
}
