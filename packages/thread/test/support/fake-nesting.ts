import type { Nesting } from "@guardhost/core";

/** A call that becomes nested when the test says so. */
export class FakeNesting implements Nesting {
  readonly callbacks = new Set<() => void>();
  isNested = false;

  begin(): void {
    this.isNested = true;
    for (const callback of [...this.callbacks]) callback();
  }

  onNested(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => void this.callbacks.delete(callback);
  }
}

/** A call that is nested from the beginning. */
export function nested(): Nesting {
  const nesting = new FakeNesting();
  nesting.begin();
  return nesting;
}
