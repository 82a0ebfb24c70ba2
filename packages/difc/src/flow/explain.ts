import type { DescribedLabels, Labels } from "../labels/labels.js";
import { quoteText } from "../text/quote-text.js";
import { integrityWords, scopeWords } from "../text/tag-words.js";
import { type FlowRule, violatingTags } from "./rules.js";

/** One rule that an access violates. */
export interface Violation {
  /** `operation` stands for an operation that is none of the three: no rule allows it (W20). */
  readonly rule: FlowRule | "operation";
  /** The tags that one side lacks, in a stable order. */
  readonly tags: readonly string[];
}

/** Why something is refused: in a sentence for people, and as data for programs. */
export interface Explanation {
  readonly message: string;
  readonly violations: readonly Violation[];
}

/** What the agent learns about things that it is not cleared for: that there are some, or not even that (W13). */
export type SecrecyNotices = "count" | "none";

/** What an agent learns that may not even learn why. */
export const deniedWithoutReason: Explanation = { message: "Access is denied.", violations: [] };

/** Why an operation that is none of the three is denied. */
export const unknownOperation: Explanation = {
  message: "What the call does to its resource is unknown: neither read nor write nor read-write.",
  violations: [{ rule: "operation", tags: [] }],
};

const SENTENCES: Readonly<Record<FlowRule, (subject: string, tags: readonly string[]) => string>> = {
  "read-integrity": (subject, tags) =>
    `${subject} is below the integrity ${integrityWords(tags)} that this agent requires of what it reads`,
  "read-secrecy": (subject, tags) =>
    `${subject} belongs to ${scopeWords(tags)}, for which this agent is not cleared`,
  "write-integrity": (subject, tags) =>
    `${subject} takes writes of integrity ${integrityWords(tags)}, which this agent lacks`,
  "write-secrecy": (subject, tags) =>
    `${subject} must not receive what this agent carries: data of ${scopeWords(tags)}`,
};

/** The same, of things that the agent is not cleared for. */
const UNTOLD: Readonly<Record<FlowRule, string>> = {
  "read-integrity": "The resource is not accessible under the integrity policy.",
  "read-secrecy": "The resource is not accessible under the secrecy policy.",
  "write-integrity": "The resource takes writes of an integrity that this agent lacks.",
  "write-secrecy": "The resource must not receive what this agent carries.",
};

/** Everything about an access that violates `rules`. For operators: it may say more than the agent may know. */
export function explain(agent: Labels, resource: DescribedLabels, rules: readonly FlowRule[]): Explanation {
  return {
    message: rules.map((rule) => sentence(agent, resource, rule)).join(" "),
    violations: rules.map((rule) => ({ rule, tags: violatingTags(agent, resource, rule) })),
  };
}

/**
 * What the agent itself may know about an access that violates `rules`: of what it is not cleared for, no description and no
 * tags (W13), not even which of its own tags are in the way.
 */
export function explainToAgent(
  agent: Labels,
  resource: DescribedLabels,
  rules: readonly FlowRule[],
  notices: SecrecyNotices,
): Explanation {
  if (resource.secrecy.isSubsetOf(agent.secrecy)) return explain(agent, resource, rules);
  if (notices !== "count") return deniedWithoutReason;
  const told: readonly FlowRule[] = rules.includes("read-secrecy") ? ["read-secrecy"] : rules;
  return {
    message: told.map((rule) => UNTOLD[rule]).join(" "),
    violations: told.map((rule) => ({ rule, tags: [] })),
  };
}

/** What a description calls the resource. It is a guard's text, so it stands in quotes. */
export function nameOf({ description = "" }: DescribedLabels): string {
  return description.trim() === "" ? "the resource" : quoteText(description.trim());
}

function sentence(agent: Labels, resource: DescribedLabels, rule: FlowRule): string {
  const text = SENTENCES[rule](nameOf(resource), violatingTags(agent, resource, rule));
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
