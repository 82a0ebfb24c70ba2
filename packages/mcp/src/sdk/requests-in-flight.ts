import type { UpstreamContext } from "../protocol/messages.js";
import { isServerError } from "../protocol/server-error.js";

/**
 * The requests that a connection waits for. What a server says meanwhile does not tell which of them it belongs to, so it
 * belongs to the only one there is, or to nobody: a guess would give it the labels of another call. After a request that has
 * ended without an answer, as by an abort, it belongs to nobody for as long as the connection lasts: the server may still be
 * at work on that one.
 */
export class RequestsInFlight {
  readonly #requests = new Set<{ readonly context: UpstreamContext }>();
  #isOneUnanswered = false;

  get size(): number {
    return this.#requests.size;
  }

  /** Counts a request until its promise settles, with which this one does. */
  async during<T>(context: UpstreamContext, request: () => Promise<T>): Promise<T> {
    // One for each time: a context may be that of several.
    const entry = { context };
    this.#requests.add(entry);
    try {
      return await request();
    } catch (error) {
      if (context.signal.aborted || !isServerError(error)) this.#isOneUnanswered = true;
      throw error;
    } finally {
      this.#requests.delete(entry);
    }
  }

  /** Whose is what the server says now; undefined where nobody can tell. */
  get only(): UpstreamContext | undefined {
    const [first, second] = this.#requests;
    return second === undefined && !this.#isOneUnanswered ? first?.context : undefined;
  }
}
