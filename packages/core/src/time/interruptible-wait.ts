import { type WaitLimits, waitFor } from "./wait-for.js";

/** Waits for one thing at a time, which somebody else may end. */
export class InterruptibleWait {
  #interrupt: ((reason: unknown) => void) | undefined;

  /** Does as {@link waitFor}, unless it is interrupted first. */
  async for<T>(work: PromiseLike<T>, limits: WaitLimits): Promise<T> {
    const interrupted = new Promise<never>((_resolve, reject) => {
      this.#interrupt = reject;
    });
    try {
      return await waitFor(Promise.race([work, interrupted]), limits);
    } finally {
      this.#interrupt = undefined;
    }
  }

  /** Lets what is waited for reject with `reason`, if anything is. */
  interrupt(reason: unknown): void {
    this.#interrupt?.(reason);
  }
}
