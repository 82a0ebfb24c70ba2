import type { GuardEventListener } from "@guardhost/core";

/** The principals whose calls a guard refuses for a while, because it has failed too often for them. */
export class PausedPrincipals {
  /** When their pauses end, in terms of `performance.now()`. */
  readonly #until = new Map<string | undefined, number>();

  /** What is told of the guard's events. */
  readonly onEvent: GuardEventListener = (event) => {
    if (event.type === "tripped") this.#until.set(event.principal, performance.now() + event.pauseMs);
    else if (event.type === "restored") this.#until.delete(event.principal);
  };

  get count(): number {
    const now = performance.now();
    for (const [principal, until] of this.#until) if (until <= now) this.#until.delete(principal);
    return this.#until.size;
  }
}
