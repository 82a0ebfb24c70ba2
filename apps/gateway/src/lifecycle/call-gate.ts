import { onAbort } from "@guardhost/core";
import { McpError } from "@guardhost/mcp";

/** How many calls there may be at the same time. */
export interface CallLimits {
  readonly maxConcurrentCalls: number;
  readonly maxConcurrentCallsPerPrincipal: number;
}

/** Lets calls in, as many at a time as there may be, until it is closed; then it tells when the last is out. */
export class CallGate {
  readonly #limits: CallLimits;
  readonly #calls = new Set<AbortController>();
  /** Calls at work by principal; none without one. */
  readonly #ofPrincipals = new Map<string, number>();
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  /** Calls that are at work. */
  get calls(): number {
    return this.#calls.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Makes a call of a principal, which is aborted by `signal`, or by {@link abort}. Rejects with an McpError when it may not
   * come in.
   */
  async pass<T>(
    principal: string,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = this.#ofPrincipals.get(principal) ?? 0;
    this.#assertRoom(own);
    signal.throwIfAborted();
    // Not AbortSignal.any, which keeps something of each call for as long as the gateway lives.
    const controller = new AbortController();
    const endListening = onAbort(signal, () => controller.abort(signal.reason));
    this.#calls.add(controller);
    this.#ofPrincipals.set(principal, own + 1);
    try {
      return await call(controller.signal);
    } finally {
      endListening();
      this.#calls.delete(controller);
      this.#left(principal);
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

  #assertRoom(own: number): void {
    const { maxConcurrentCalls, maxConcurrentCallsPerPrincipal } = this.#limits;
    if (this.#isClosed)
      throw McpError.of("unavailable", "The gateway is ending. Try another one, or again later.");
    if (this.#calls.size >= maxConcurrentCalls)
      throw McpError.of("unavailable", "The gateway has too many calls at work. Try again later.");
    if (own >= maxConcurrentCallsPerPrincipal)
      throw McpError.of("unavailable", "You have too many calls at work. Try again later.");
  }

  #left(principal: string): void {
    const others = (this.#ofPrincipals.get(principal) ?? 0) - 1;
    if (others > 0) this.#ofPrincipals.set(principal, others);
    else this.#ofPrincipals.delete(principal);
  }
}
