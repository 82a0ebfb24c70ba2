/** What the backend answered to one question, in the order in which the guest asked it. */
interface Answers {
  /** Undefined in place of one that was not kept. */
  readonly given: (Uint8Array | undefined)[];
  /** Index of the one that the guest gets next in this attempt. */
  next: number;
}

/**
 * The backend's answers in one call of a guard, kept for as long as the guest may have to ask again: because the answer
 * did not fit its buffer, or because its label function runs once more with a larger one. Either way the guest gets
 * what it got before, and the backend is left alone.
 */
export class BackendAnswers {
  readonly #kept = new Map<string, Answers>();
  readonly #maxBytes: number;
  #bytes = 0;
  #attempt = 0;

  /** @param maxBytes what is kept in all; an answer beyond it is asked for again */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A label function begins to run. Returns how often it has by now, from 1 up. */
  nextAttempt(): number {
    if (this.#kept.size > 0) for (const answers of this.#kept.values()) answers.next = 0;
    return ++this.#attempt;
  }

  /** The answer that the guest is entitled to see again. */
  find(tool: string, args: string): Uint8Array | undefined {
    const answers = this.#kept.get(keyOf(tool, args));
    return answers?.given[answers.next];
  }

  /** Keeps an answer of the backend, to a question for which {@link find} had none. */
  keep(tool: string, args: string, bytes: Uint8Array): void {
    const key = keyOf(tool, args);
    const answers = this.#kept.get(key) ?? { given: [], next: 0 };
    this.#kept.set(key, answers);
    const fits = this.#bytes + bytes.length <= this.#maxBytes;
    if (fits) this.#bytes += bytes.length;
    answers.given[answers.next] = fits ? bytes : undefined;
  }

  /** The guest has got the answer. */
  delivered(tool: string, args: string): void {
    const answers = this.#kept.get(keyOf(tool, args));
    if (answers !== undefined) answers.next++;
  }

  /** The call is over. */
  clear(): void {
    if (this.#kept.size > 0) this.#kept.clear();
    this.#bytes = 0;
    this.#attempt = 0;
  }
}

function keyOf(tool: string, args: string): string {
  return `${tool.length}:${tool}${args}`;
}
