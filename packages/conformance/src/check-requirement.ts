import type { GuardEngine } from "@guardhost/core";
import { ConformanceError } from "./assertions.js";
import { CheckContext } from "./check-context.js";
import type { Requirement } from "./requirement.js";

/** Milliseconds that a requirement may take by default. */
const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Tries one requirement on an engine, and closes what was opened for it.
 *
 * Rejects with what went wrong: the engine does otherwise, threw something, or did not settle within `timeoutMs`. A
 * guest that blocks the thread for ever cannot be helped from here.
 */
export async function checkRequirement(
  requirement: Requirement,
  engine: GuardEngine,
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_, reject) => {
    const late = () => reject(new ConformanceError(`the engine did not settle within ${timeoutMs} ms`));
    timer = setTimeout(late, timeoutMs);
  });
  try {
    await Promise.race([checkAndClose(requirement, engine), expired]);
  } finally {
    clearTimeout(timer);
  }
}

async function checkAndClose(requirement: Requirement, engine: GuardEngine): Promise<void> {
  const context = new CheckContext(engine);
  try {
    await requirement.check(context);
  } finally {
    await context.close();
  }
}
