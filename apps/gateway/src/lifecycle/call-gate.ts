import { onAbort } from "@guardhost/core";
import { McpError } from "@guardhost/mcp";

/** Lets calls in, as many at a time as there may be, until it is closed; then it tells when the last is out. */
export class CallGate {
  readonly #maxCalls: number;
  readonly #calls = new Set<AbortController>();
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(maxCalls: number) {
    this.#maxCalls = maxCalls;
  }

  /** Calls that are at work. */
  get calls(): number {
    return this.#calls.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Makes a call, which is aborted by `signal`, or by {@link abort}. Rejects with an McpError when it may not come in. */
  async pass<T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isClosed)
      throw McpError.of("unavailable", "The gateway is ending. Try another one, or again later.");
    if (this.#calls.size >= this.#maxCalls) {
      throw McpError.of("unavailable", "The gateway has too many calls at work. Try again later.");
    }
    signal.throwIfAborted();
    // Not AbortSignal.any, which keeps something of each call for as long as the gateway lives.
    const controller = new AbortController();
    const endListening = onAbort(signal, () => controller.abort(signal.reason));
    this.#calls.add(controller);
    try {
      return await call(controller.signal);
    } finally {
      endListening();
      this.#calls.delete(controller);
      if (this.#calls.size === 0) this.#onEmpty?.();
    }
  }

  /** Lets nobody in any more, and resolves when the last is out. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Aborts the calls that are still at work. */
  abort(): void {
    const reason = McpError.of("unavailable", "The gateway is ending, and could not wait for this call.");
    for (const controller of this.#calls) controller.abort(reason);
  }
}
