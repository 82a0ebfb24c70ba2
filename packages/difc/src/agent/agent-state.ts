import { DifcError } from "../error.js";
import { Label } from "../labels/label.js";
import type { Labels } from "../labels/labels.js";

/**
 * All that is known about an agent: a value of a join-semilattice. Whatever is joined with it, in whatever order and
 * however often, no secrecy is lost and no integrity comes back.
 */
export interface AgentState {
  /** What the agent carries, and is cleared for. Only grows. */
  readonly secrecy: Label;
  /** Integrity that guards have granted. Only grows. */
  readonly granted: Label;
  /** What is left of integrity after all that the agent has taken in; all of it at first. Only shrinks (W17). */
  readonly ceiling: Label;
}

/** What changes nothing when it is joined. */
export const initialState: AgentState = Object.freeze({
  secrecy: Label.none,
  granted: Label.none,
  ceiling: Label.all,
});

/** What two states say together. Commutative, associative and idempotent. */
export function joinStates(one: AgentState, other: AgentState): AgentState {
  return Object.freeze({
    secrecy: one.secrecy.union(other.secrecy),
    granted: one.granted.union(other.granted),
    ceiling: one.ceiling.intersect(other.ceiling),
  });
}

/** The labels that an agent has in this state: a grant counts only as far as the ceiling lets it. */
export function labelsOf({ secrecy, granted, ceiling }: AgentState): Labels {
  return { secrecy, integrity: granted.intersect(ceiling) };
}

/** What to join when a guard has labelled the agent. */
export function grant({ secrecy, integrity }: Labels): AgentState {
  return { ...initialState, secrecy, granted: integrity };
}

/** What to join when the agent has taken in something with these labels. */
export function taint({ secrecy, integrity }: Labels): AgentState {
  return { ...initialState, secrecy, ceiling: integrity };
}

/**
 * A state from JSON that a store has kept, as `JSON.stringify` writes states.
 *
 * @throws DifcError `INVALID_LABELS`: no state is better than half of one
 */
export function agentStateFromJSON(json: unknown): AgentState {
  if (typeof json !== "object" || json === null) {
    throw new DifcError("INVALID_LABELS", "the state of an agent must be an object");
  }
  const { secrecy, granted, ceiling } = json as Partial<Record<keyof AgentState, unknown>>;
  return Object.freeze({
    secrecy: Label.fromJSON(secrecy, "secrecy"),
    granted: Label.fromJSON(granted, "granted"),
    ceiling: Label.fromJSON(ceiling, "ceiling"),
  });
}
