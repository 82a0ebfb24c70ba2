import { DifcError } from "../error.js";
import { type AgentState, initialState, joinStates } from "./agent-state.js";
import type { LabelStore } from "./label-store.js";

/** Settings of a {@link MemoryLabelStore}. */
export interface MemoryLabelStoreOptions {
  /** Agents that the store holds at most; 100,000 unless given. */
  readonly maxAgents?: number | undefined;
}

/**
 * Keeps states in the memory of this process. Evicts nothing, since that would forget a taint: when it is full, new
 * agents are refused.
 */
export class MemoryLabelStore implements LabelStore {
  readonly #states = new Map<string, AgentState>();
  readonly #maxAgents: number;

  /** Throws a RangeError when `maxAgents` is no whole number from 1 up. */
  constructor({ maxAgents = 100_000 }: MemoryLabelStoreOptions = {}) {
    if (!Number.isSafeInteger(maxAgents) || maxAgents < 1) {
      throw new RangeError("maxAgents must be a whole number from 1 up");
    }
    this.#maxAgents = maxAgents;
  }

  read(agent: string): AgentState | undefined {
    return this.#states.get(agent);
  }

  /** Throws a DifcError `STORE_FULL` for one agent too many. */
  join(agent: string, state: AgentState): AgentState {
    const current = this.#states.get(agent);
    if (current === undefined && this.#states.size >= this.#maxAgents) {
      throw new DifcError("STORE_FULL", `the store holds ${this.#maxAgents} agents, which is all it may`);
    }
    const joined = joinStates(current ?? initialState, state);
    this.#states.set(agent, joined);
    return joined;
  }

  /** Forgets an agent and its taint: only for one that is gone for good and whose key never comes back. */
  delete(agent: string): void {
    this.#states.delete(agent);
  }
}
