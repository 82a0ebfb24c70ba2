import { type AgentState, type LabelStore, type Labels, labelsOf } from "@guardhost/difc";

/** A store has failed. Nothing is known about the agent, so nothing may be decided. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** The store as one request sees it: it remembers which labels were met, and its failures are told from others. */
export class CallStore implements LabelStore {
  readonly #store: LabelStore;
  #met: AgentState | undefined;

  constructor(store: LabelStore) {
    this.#store = store;
  }

  /** The agent's labels at the last decision. */
  get met(): Labels | undefined {
    return this.#met && labelsOf(this.#met);
  }

  async read(agent: string): Promise<AgentState | undefined> {
    this.#met = await attempt(async () => this.#store.read(agent));
    return this.#met;
  }

  join(agent: string, state: AgentState): Promise<AgentState> {
    return attempt(async () => this.#store.join(agent, state));
  }
}

async function attempt<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    throw new StoreError("the store of labels has failed", { cause });
  }
}
