import type { AgentState, LabelStore } from "@guardhost/difc";

/**
 * A store that is waited for no longer than a deadline: an answer that does not come must end the request that needs it, and
 * whatever waits for that request. What the store does after all was allowed already, and can only add to what an agent has read.
 */
export class PromptStore implements LabelStore {
  readonly #store: LabelStore;
  readonly #timeoutMs: number;

  /** @param timeoutMs milliseconds for each answer */
  constructor(store: LabelStore, timeoutMs: number) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
  }

  read(agent: string): AgentState | undefined | Promise<AgentState | undefined> {
    return this.#inTime(this.#store.read(agent));
  }

  join(agent: string, state: AgentState): AgentState | Promise<AgentState> {
    return this.#inTime(this.#store.join(agent, state));
  }

  #inTime<T>(answer: T | Promise<T>): T | Promise<T> {
    // A store in this process has answered already.
    if (typeof answer !== "object" || answer === null || !("then" in answer)) return answer;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the store has not answered within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
