import { deepFreeze } from "../deep-freeze.js";
import { GuardError } from "../error.js";
import { repoScopeProblem } from "./repo-scope.js";

/** Integrity levels, from low to high (spec 2.7). */
export const INTEGRITY_LEVELS = ["none", "unapproved", "approved", "merged"] as const;
deepFreeze(INTEGRITY_LEVELS);

/** One of {@link INTEGRITY_LEVELS}. */
export type IntegrityLevel = (typeof INTEGRITY_LEVELS)[number];

/** An allow-only policy in its one canonical form: what `label_agent` gets (spec 2.2). */
export interface AllowOnlyPayload {
  readonly "allow-only": {
    readonly repos: "all" | "public" | readonly string[];
    readonly "min-integrity": IntegrityLevel;
    readonly "blocked-users"?: readonly string[];
    readonly "refusal-labels"?: readonly string[];
    readonly "approval-labels"?: readonly string[];
    readonly "trusted-users"?: readonly string[];
    readonly "endorsement-reactions"?: readonly string[];
    readonly "disapproval-reactions"?: readonly string[];
    readonly "disapproval-integrity"?: IntegrityLevel;
    readonly "endorser-min-integrity"?: IntegrityLevel;
  };
  readonly "trusted-bots"?: readonly string[];
}

/** An allow-only policy, split into what the guard gets and what only the host looks at. */
export interface AllowOnlyPolicy {
  readonly payload: AllowOnlyPayload;
  /** Calls per tool name; 0 means no limit. */
  readonly toolCallLimits?: Readonly<Record<string, number>>;
  readonly promotionLabel?: string;
  readonly demotionLabel?: string;
}

type Members = Map<string, Member>;
interface Member {
  readonly value: unknown;
  /** JSON pointer with the key as it was spelt. */
  readonly pointer: string;
}
type Reader = (member: Member) => unknown;

const ROOT_ALIASES = { allowonly: "allow-only" };
const ROOT_KEYS = ["allow-only", "trusted-bots"];
const ALIASES = { integrity: "min-integrity" };

/** Keys of allow-only in the order in which they are checked (spec 2.2 steps 10-19, then the host's own keys). */
const READERS: Readonly<Record<string, Reader>> = {
  repos: readRepos,
  "min-integrity": readLevel,
  "blocked-users": readNames,
  "refusal-labels": readRefusalLabels,
  "approval-labels": readNames,
  "trusted-bots": readTrustedBots,
  "trusted-users": readNames,
  "endorsement-reactions": readReactions,
  "disapproval-reactions": readReactions,
  "disapproval-integrity": readLevel,
  "endorser-min-integrity": readLevel,
  "tool-call-limits": readToolCallLimits,
  "promotion-label": readTrimmed,
  "demotion-label": readTrimmed,
};
const HOST_ONLY = ["tool-call-limits", "promotion-label", "demotion-label"];

/**
 * Reads an allow-only policy, given as an object or as JSON text, and normalises it once: aliases and letter case of
 * keys become canonical, values are trimmed, levels and named scopes are in lower case, lists have no duplicates.
 *
 * @throws GuardError `POLICY` for the first thing that is wrong, in the order of spec 2.2, with its JSON pointer
 */
export function parseAllowOnlyPolicy(policy: unknown): AllowOnlyPolicy {
  const root = rootMembers(policy);
  const allowOnly = root.get("allow-only");
  if (allowOnly === undefined) {
    throw refused(
      "",
      'must have the key "allow-only"; for policies of another kind load the guard with a policySchema',
    );
  }
  assertKnown(root, ROOT_KEYS);
  const members = membersOf(allowOnly, ALIASES);
  for (const required of ["repos", "min-integrity"]) {
    if (!members.has(required)) throw refused(allowOnly.pointer, `must have the key "${required}"`);
  }
  assertKnown(
    members,
    Object.keys(READERS).filter((key) => key !== "trusted-bots"),
  );

  const read: Record<string, unknown> = {};
  for (const [key, reader] of Object.entries(READERS)) {
    const member = key === "trusted-bots" ? root.get(key) : members.get(key);
    const value = member === undefined ? undefined : reader(member);
    if (value !== undefined) read[key] = value;
  }
  return assemble(read);
}

function assemble({ "trusted-bots": trustedBots, ...read }: Record<string, unknown>): AllowOnlyPolicy {
  const [toolCallLimits, promotionLabel, demotionLabel] = HOST_ONLY.map((key) => read[key]);
  const allowOnly = Object.fromEntries(Object.entries(read).filter(([key]) => !HOST_ONLY.includes(key)));
  return {
    payload: {
      "allow-only": allowOnly,
      ...(trustedBots === undefined ? {} : { "trusted-bots": trustedBots }),
    } as unknown as AllowOnlyPayload,
    ...(toolCallLimits === undefined ? {} : { toolCallLimits: toolCallLimits as Record<string, number> }),
    ...(promotionLabel === undefined ? {} : { promotionLabel: promotionLabel as string }),
    ...(demotionLabel === undefined ? {} : { demotionLabel: demotionLabel as string }),
  };
}

function rootMembers(policy: unknown): Members {
  if (policy === null || policy === undefined) {
    throw refused(
      "",
      'is missing; it must be an object like {"allow-only": {"repos": …, "min-integrity": …}}',
    );
  }
  const root = membersOf(
    { value: typeof policy === "string" ? parseText(policy) : policy, pointer: "" },
    ROOT_ALIASES,
  );
  if (root.has("policy")) {
    throw refused("/policy", "is an outdated envelope; pass what is inside it");
  }
  return root;
}

function parseText(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") throw refused("", "is an empty text");
  try {
    return JSON.parse(trimmed);
  } catch (cause) {
    throw refused("", "is a text, but not JSON", cause);
  }
}

/** Members of an object by canonical key. Two spellings of one key contradict each other. */
function membersOf({ value, pointer }: Member, aliases: Readonly<Record<string, string>>): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refused(pointer, "must be an object");
  const members: Members = new Map();
  for (const [spelling, member] of Object.entries(value)) {
    const folded = spelling.toLowerCase();
    const key = Object.hasOwn(aliases, folded) ? (aliases[folded] as string) : folded;
    const at = `${pointer}/${escapePointer(spelling)}`;
    if (members.has(key))
      throw refused(at, `is the same key as ${members.get(key)?.pointer}; give one of them`);
    members.set(key, { value: member, pointer: at });
  }
  return members;
}

function assertKnown(members: Members, known: readonly string[]): void {
  for (const [key, { pointer }] of members) {
    if (!known.includes(key))
      throw refused(pointer, `is not a key of this policy; known are ${known.join(", ")}`);
  }
}

function readRepos({ value, pointer }: Member): "all" | "public" | string[] {
  if (typeof value === "string") {
    const named = value.trim().toLowerCase();
    if (named === "all" || named === "public") return named;
    throw refused(pointer, 'must be "all", "public" or a list of scopes');
  }
  const scopes = readStrings({ value, pointer });
  if (scopes.length === 0) throw refused(pointer, "must name at least one scope");
  const seen = new Map<string, number>();
  scopes.forEach((scope, i) => {
    const problem = repoScopeProblem(scope);
    if (problem !== undefined) throw refused(`${pointer}/${i}`, problem);
    const folded = scope.toLowerCase();
    const twin = seen.get(folded);
    if (twin !== undefined) throw refused(`${pointer}/${i}`, `is the same scope as ${pointer}/${twin}`);
    seen.set(folded, i);
  });
  return scopes;
}

function readLevel({ value, pointer }: Member): IntegrityLevel {
  const level = INTEGRITY_LEVELS.find(
    (name) => typeof value === "string" && name === value.trim().toLowerCase(),
  );
  if (level === undefined) throw refused(pointer, `must be one of ${INTEGRITY_LEVELS.join(", ")}`);
  return level;
}

function readNames(member: Member): string[] {
  return withoutDuplicates(readStrings(member));
}

function readRefusalLabels(member: Member): string[] | undefined {
  if (typeof member.value !== "string") {
    const labels = readNames(member);
    return labels.length === 0 ? undefined : labels;
  }
  const labels = member.value
    .split(/[,\n]/)
    .map((label) => label.trim())
    .filter((label) => label !== "");
  if (labels.length === 0) throw refused(member.pointer, "must name at least one label");
  return withoutDuplicates(labels);
}

function readTrustedBots(member: Member): string[] {
  const bots = readNames(member);
  if (bots.length === 0) throw refused(member.pointer, "must name at least one bot, or be left out");
  return bots;
}

function readReactions(member: Member): string[] {
  return withoutDuplicates(readStrings(member).map((reaction) => reaction.toUpperCase()));
}

function readToolCallLimits(member: Member): Record<string, number> {
  const { value, pointer } = member;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refused(pointer, "must be an object");
  const limits = new Map<string, number>();
  for (const [spelling, limit] of Object.entries(value)) {
    const tool = spelling.trim();
    const at = `${pointer}/${escapePointer(spelling)}`;
    if (tool === "") throw refused(at, "must be the name of a tool");
    if (limits.has(tool)) throw refused(at, `names the tool ${JSON.stringify(tool)} a second time`);
    if (!Number.isSafeInteger(limit) || limit < 0) throw refused(at, "must be a whole number from 0 up");
    limits.set(tool, limit);
  }
  return Object.fromEntries(limits);
}

function readTrimmed({ value, pointer }: Member): string {
  if (typeof value !== "string") throw refused(pointer, "must be a string");
  return value.trim();
}

function readStrings({ value, pointer }: Member): string[] {
  if (!Array.isArray(value)) throw refused(pointer, "must be a list of strings");
  // Unlike map, it does not skip holes, which JSON would make nulls of.
  return Array.from(value, (entry: unknown, i) => {
    if (typeof entry !== "string" || entry.trim() === "") {
      throw refused(`${pointer}/${i}`, "must be a string that is not blank");
    }
    return entry.trim();
  });
}

/** Ignores letter case and keeps the first spelling. */
function withoutDuplicates(values: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const value of values) {
    const key = value.toLowerCase();
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function refused(pointer: string, problem: string, cause?: unknown): GuardError {
  return new GuardError(
    "POLICY",
    `the policy${pointer === "" ? "" : `'s ${pointer}`} ${problem}`,
    cause === undefined ? {} : { cause },
  );
}
