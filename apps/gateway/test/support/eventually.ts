import { vi } from "vitest";

/** Tries until it does not throw any more, for as long as a test may take on a busy machine. */
export function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(attempt, { timeout: 30_000, interval: 50 });
}
