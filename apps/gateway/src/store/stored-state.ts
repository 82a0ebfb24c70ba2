import { type AgentState, agentStateFromJSON } from "@guardhost/difc";

/**
 * How a state looks as members of one set in Redis. The first letter says what the rest, a tag, belongs to: secrecy,
 * granted integrity, or the ceiling of integrity. Two members have no tag: one that is always there, as there are no empty
 * sets, and one that says that there is a ceiling at all, as an empty one is the lowest and none the highest.
 *
 * One set, not three, so that all of a state expires at once: half of one would be another agent's.
 */
export const PRESENT = "a";
export const HAS_CEILING = "C";
const KINDS = { secrecy: "s", granted: "g", ceiling: "c" } as const;

/** The state that these members are; undefined for none. Throws a DifcError for what is no state. */
export function stateOf(members: readonly string[]): AgentState | undefined {
  if (members.length === 0) return undefined;
  const tags = (kind: string) =>
    members.filter((member) => member.startsWith(kind) && member.length > 0).map((member) => member.slice(1));
  const everything = (list: readonly string[]) => (list.includes("*") ? ["*"] : list);
  return agentStateFromJSON({
    secrecy: everything(tags(KINDS.secrecy)),
    granted: everything(tags(KINDS.granted)),
    ceiling: members.includes(HAS_CEILING) ? tags(KINDS.ceiling) : ["*"],
  });
}

/** Members for what only grows, and for the ceiling; undefined where that is everything. */
export interface StoredParts {
  readonly growing: readonly string[];
  readonly ceiling: readonly string[] | undefined;
}

export function partsOf({ secrecy, granted, ceiling }: AgentState): StoredParts {
  return {
    growing: [
      ...secrecy.tags.map((tag) => KINDS.secrecy + tag),
      ...granted.tags.map((tag) => KINDS.granted + tag),
    ],
    ceiling:
      ceiling.size === Number.POSITIVE_INFINITY ? undefined : ceiling.tags.map((tag) => KINDS.ceiling + tag),
  };
}
