import type { McpNotification, McpRequest, McpResult, UpstreamContext } from "@guardhost/mcp";
import { ProtocolError } from "@modelcontextprotocol/client";

/** What a server may send to whoever has asked it something. */
export type Listener = Pick<UpstreamContext, "onNotification" | "onRequest">;

/**
 * The requests that a connection waits for. What a server says meanwhile does not tell which of them it belongs to, so it
 * belongs to the only one there is, or to nobody: a guess would give it the labels of another call. After a request that has
 * ended without an answer, as by an abort, it belongs to nobody for as long as the connection lasts: the server may still be
 * at work on that one.
 */
export class RequestsInFlight {
  readonly #listeners = new Set<Listener>();
  #isOneUnanswered = false;

  get size(): number {
    return this.#listeners.size;
  }

  /** Counts a request until its promise settles. */
  async during<T>(listener: Listener, request: () => Promise<T>): Promise<T> {
    // The same listener may ask twice at once.
    const entry = { ...listener };
    this.#listeners.add(entry);
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#isOneUnanswered = true;
      throw error;
    } finally {
      this.#listeners.delete(entry);
    }
  }

  /** Passes on what the server notifies somebody of. Whether there was somebody. */
  notify(notification: McpNotification): boolean {
    const listener = this.#only();
    listener?.onNotification(notification);
    return listener !== undefined;
  }

  /** Passes on what the server asks. Rejects when nobody can be found whom it would concern. */
  ask(request: McpRequest): Promise<McpResult> {
    const listener = this.#only();
    if (listener === undefined) {
      return Promise.reject(
        new Error("the request cannot be told to belong to one call, so nobody answers it"),
      );
    }
    return listener.onRequest(request);
  }

  #only(): Listener | undefined {
    const [only, ...others] = this.#listeners;
    return others.length === 0 && !this.#isOneUnanswered ? only : undefined;
  }
}
