import type { IncomingMessage, ServerResponse } from "node:http";

/** A request whose response is not closed yet. */
export interface OpenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The requests that are open by the principals that make them: those that are sent slowly, that wait, and whose answers nobody
 * reads. As each can hold memory, they are bounded in number.
 */
export class OpenRequests {
  readonly #maxPerPrincipal: number;
  readonly #open = new Map<string, Set<OpenRequest>>();

  constructor(maxPerPrincipal: number) {
    this.#maxPerPrincipal = maxPerPrincipal;
  }

  /** Keeps a request until its response has been closed. Returns false if its principal has too many. */
  add(principal: string, open: OpenRequest): boolean {
    const own = this.#open.get(principal) ?? new Set();
    if (own.size >= this.#maxPerPrincipal) return false;
    this.#open.set(principal, own.add(open));
    open.response.once("close", () => {
      own.delete(open);
      if (own.size === 0) this.#open.delete(principal);
    });
    return true;
  }

  /** Those there are, each with its principal. */
  *[Symbol.iterator](): Generator<readonly [principal: string, open: OpenRequest]> {
    for (const [principal, own] of this.#open) for (const open of own) yield [principal, open];
  }
}
