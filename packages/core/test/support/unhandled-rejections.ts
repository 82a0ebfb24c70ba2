import { afterEach, beforeEach, expect } from "vitest";

/** Makes every test of a file fail after which a rejection is left that nobody handles. */
export function expectNoUnhandledRejections(): void {
  const seen: unknown[] = [];
  const listener = (reason: unknown) => void seen.push(reason);
  beforeEach(() => {
    seen.length = 0;
    process.on("unhandledRejection", listener);
  });
  afterEach(async () => {
    // Node reports them after the microtasks of a turn.
    await nextTurn();
    await nextTurn();
    process.off("unhandledRejection", listener);
    expect(seen).toEqual([]);
  });
}

/** Resolves when every promise that can settle by itself has settled. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
