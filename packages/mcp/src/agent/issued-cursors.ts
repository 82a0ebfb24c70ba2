/** Cursors that are remembered; of more, the oldest are forgotten. */
const MAX_CURSORS = 1_000;

/** The cursors that a server has given to an agent. Any other one is the agent's own words. */
export class IssuedCursors {
  readonly #cursors = new Set<string>();

  /** Remembers the cursor of a result that the agent gets, if it has one. */
  note({ nextCursor }: Readonly<Record<string, unknown>>): void {
    if (typeof nextCursor !== "string") return;
    this.#cursors.add(nextCursor);
    if (this.#cursors.size <= MAX_CURSORS) return;
    for (const oldest of this.#cursors) {
      this.#cursors.delete(oldest);
      return;
    }
  }

  has(cursor: string): boolean {
    return this.#cursors.has(cursor);
  }
}
