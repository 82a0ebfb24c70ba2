import { type AgentState, MemoryLabelStore } from "@guardhost/difc";
import type { GatewayLabelStore } from "./label-store.js";

/** Labels in the memory of this process: gone with it, and nobody else's. */
export class MemoryStore implements GatewayLabelStore {
  readonly isReady = true;
  readonly #store = new MemoryLabelStore();

  read(agent: string): AgentState | undefined {
    return this.#store.read(agent);
  }

  join(agent: string, state: AgentState): AgentState {
    return this.#store.join(agent, state);
  }

  async reset(agent: string): Promise<boolean> {
    const wasThere = this.#store.read(agent) !== undefined;
    this.#store.delete(agent);
    return wasThere;
  }

  async close(): Promise<void> {}
}
