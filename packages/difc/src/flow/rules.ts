import type { Label } from "../labels/label.js";
import type { Labels } from "../labels/labels.js";
import type { DifcMode } from "./mode.js";
import type { Operation } from "./operation.js";

/**
 * What may not be violated (spec 3.2).
 *
 * - `read-integrity`: a resource has all integrity tags of the agent that reads it.
 * - `read-secrecy`: an agent has all secrecy tags of the resource that it reads.
 * - `write-integrity`: an agent has all integrity tags of the resource that it writes to.
 * - `write-secrecy`: a resource has all secrecy tags of the agent that writes to it.
 */
export type FlowRule = "read-integrity" | "read-secrecy" | "write-integrity" | "write-secrecy";

/** Every rule demands that its first label is a subset of its second. */
const INCLUSIONS: Readonly<Record<FlowRule, (agent: Labels, resource: Labels) => readonly [Label, Label]>> = {
  "read-integrity": (agent, resource) => [agent.integrity, resource.integrity],
  "read-secrecy": (agent, resource) => [resource.secrecy, agent.secrecy],
  "write-integrity": (agent, resource) => [resource.integrity, agent.integrity],
  "write-secrecy": (agent, resource) => [agent.secrecy, resource.secrecy],
};

const READ_RULES: readonly FlowRule[] = ["read-integrity", "read-secrecy"];
const WRITE_RULES: readonly FlowRule[] = ["write-integrity", "write-secrecy"];
const RULES: Readonly<Record<Operation, readonly FlowRule[]>> = {
  read: READ_RULES,
  write: WRITE_RULES,
  "read-write": [...READ_RULES, ...WRITE_RULES],
};

/** Which rules an access violates, in the order above. Takes no longer than reading the resource's labels. */
export function violatedRules(agent: Labels, resource: Labels, operation: Operation): readonly FlowRule[] {
  return RULES[operation].filter((rule) => {
    const [part, whole] = INCLUSIONS[rule](agent, resource);
    return !part.isSubsetOf(whole);
  });
}

/** The tags by which an access violates `rule`, in a stable order; none when it does not. */
export function violatingTags(agent: Labels, resource: Labels, rule: FlowRule): readonly string[] {
  const [part, whole] = INCLUSIONS[rule](agent, resource);
  return part.without(whole);
}

/** The rules among `violated` that `mode` does not forgive: `propagate` forgives reads, at a price. */
export function unforgiven(violated: readonly FlowRule[], mode: DifcMode): readonly FlowRule[] {
  return mode === "propagate" ? violated.filter((rule) => WRITE_RULES.includes(rule)) : violated;
}
