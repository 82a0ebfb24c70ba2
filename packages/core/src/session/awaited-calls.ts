import type { Nesting } from "../engine.js";

/** Counts the calls of a session, running or waiting for their turn, that backend calls of other sessions wait for. */
export class AwaitedCalls implements Nesting {
  readonly #callbacks = new Set<() => void>();
  #count = 0;

  /** Calls run one after the other, so that the one that is on its way is waited for if any is. */
  get isNested(): boolean {
    return this.#count > 0;
  }

  /** Counts one more, until the function that it returns is called. */
  add(): () => void {
    this.#count++;
    if (this.#count === 1) for (const callback of [...this.#callbacks]) callback();
    return () => void this.#count--;
  }

  onNested(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }
}
