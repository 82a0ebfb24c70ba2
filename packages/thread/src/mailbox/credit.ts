/** What a wait that was worth it earns, what one that was not costs, and how much can be saved up. */
const CREDIT = { hit: 1, miss: 4, most: 16 } as const;

/** Without credit, one wait in so many is tried all the same. */
const RETRY_EVERY = 8;

/** Decides by experience whether to wait without sleeping. On a busy machine both sides would only take time from each other. */
export class Credit {
  #saved: number = CREDIT.most;
  #refused = 0;

  /** Whether another wait may be tried. */
  ask(): boolean {
    if (this.#saved > 0) return true;
    this.#refused = (this.#refused + 1) % RETRY_EVERY;
    return this.#refused === 0;
  }

  /** How the wait ended. */
  record(wasWorthIt: boolean): void {
    const saved = this.#saved + (wasWorthIt ? CREDIT.hit : -CREDIT.miss);
    this.#saved = Math.max(0, Math.min(CREDIT.most, saved));
  }
}
