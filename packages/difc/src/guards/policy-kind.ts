import { DifcError } from "../error.js";

/** What a policy is about: what agents may read and write, or what a sink accepts. */
export type PolicyKind = "allow-only" | "write-sink";

const KINDS: ReadonlyMap<string, PolicyKind> = new Map<string, PolicyKind>([
  ["allow-only", "allow-only"],
  ["allowonly", "allow-only"],
  ["write-sink", "write-sink"],
  ["writesink", "write-sink"],
]);

/**
 * The kind of a policy, by its one key of the two. Keys are compared without letter case.
 *
 * @throws DifcError `POLICY` for a policy of neither kind, of both, or of one kind twice
 */
export function policyKind(policy: unknown): PolicyKind {
  const kinds = [...foldKeys(policy, "the policy").keys()].flatMap((key) => KINDS.get(key) ?? []);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    throw new DifcError("POLICY", 'the policy must have one of the keys "allow-only" and "write-sink", once');
  }
  return kind;
}

/**
 * The policy in force on a server. One for all servers hides the server's own, unless that one makes it a sink: what may
 * only take data in must not become something that agents read from (W49).
 *
 * @throws DifcError `POLICY` when the server's own is of no known kind (W7)
 */
export function effectivePolicy(override: unknown, own: unknown): unknown {
  if (own === undefined) return override;
  const isSink = policyKind(own) === "write-sink";
  return isSink || override === undefined ? own : override;
}

/**
 * The members of an object by their keys in lower case.
 *
 * @throws DifcError `POLICY` for what is no object, and for two spellings of one key (W48)
 */
export function foldKeys(value: unknown, name: string): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DifcError("POLICY", `${name} must be an object`);
  }
  const entries = Object.entries(value);
  const members = new Map(entries.map(([key, member]) => [key.toLowerCase(), member]));
  if (members.size < entries.length) throw new DifcError("POLICY", `${name} has one key in two spellings`);
  return members;
}
