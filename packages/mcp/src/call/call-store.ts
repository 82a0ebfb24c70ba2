import { type AgentState, type LabelStore, type Labels, labelsOf } from "@guardhost/difc";
import { isJsonObject } from "../protocol/is-json-object.js";

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
    this.#met = await attempt(async () => {
      // Many a database says null where it has nothing.
      const state: unknown = (await this.#store.read(agent)) ?? undefined;
      return state === undefined ? undefined : agentState("read", state);
    });
    return this.#met;
  }

  join(agent: string, state: AgentState): Promise<AgentState> {
    return attempt(async () => agentState("join", await this.#store.join(agent, state)));
  }
}

/** What a store has answered, if it is a state. What is none would look like a failure of the guard's. */
function agentState(method: keyof LabelStore, answer: unknown): AgentState {
  if (isJsonObject(answer) && [answer.secrecy, answer.granted, answer.ceiling].every(isLabel)) {
    return answer as unknown as AgentState;
  }
  throw new TypeError(`${method} has answered what is no AgentState; agentStateFromJSON makes one of JSON`);
}

/** Also one of another copy of difc. */
function isLabel(value: unknown): boolean {
  return isJsonObject(value) && typeof value.intersect === "function";
}

async function attempt<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    throw new StoreError("the store of labels has failed", { cause });
  }
}
