import type { AgentState } from "./agent-state.js";

/** Stores in the same process need not wait for anything. */
type MaybePromise<T> = T | Promise<T>;

/**
 * Where the states of agents live: outside of any server object, so that requests, servers and replicas of a gateway can
 * share them.
 *
 * Keys are the gateway's: it derives them from authentication, and never lets an agent choose its own (W15). What `join`
 * has stored must show in every later `read`, on whatever replica, because data leaves only after its taint is stored.
 */
export interface LabelStore {
  /** The state of an agent; undefined when nothing was ever stored for it. */
  read(agent: string): MaybePromise<AgentState | undefined>;
  /**
   * Atomically replaces the agent's state by its join (`joinStates`) with `state`, and returns the outcome. A rejection
   * keeps data from being delivered. May be repeated, and may run in any order with other joins.
   */
  join(agent: string, state: AgentState): MaybePromise<AgentState>;
}
