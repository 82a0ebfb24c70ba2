import type { ServerResponse } from "node:http";

/**
 * The requests that are open by the principals that make them: those that are sent slowly, that wait, and whose answers nobody
 * reads. As each can hold memory, they are bounded in number.
 */
export class OpenRequests {
  readonly #maxPerPrincipal: number;
  readonly #open = new Map<string, number>();

  constructor(maxPerPrincipal: number) {
    this.#maxPerPrincipal = maxPerPrincipal;
  }

  /** Counts a request until its response has been closed. Returns false if its principal has too many. */
  add(principal: string, response: ServerResponse): boolean {
    const open = this.#open.get(principal) ?? 0;
    if (open >= this.#maxPerPrincipal) return false;
    this.#open.set(principal, open + 1);
    response.once("close", () => {
      const others = (this.#open.get(principal) ?? 0) - 1;
      if (others > 0) this.#open.set(principal, others);
      else this.#open.delete(principal);
    });
    return true;
  }
}
