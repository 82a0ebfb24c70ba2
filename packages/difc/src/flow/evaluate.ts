import type { DescribedLabels, Labels } from "../labels/labels.js";
import { integrityWords, scopeWords } from "../text/tag-words.js";
import { type Explanation, explain, unknownOperation } from "./explain.js";
import type { DifcMode } from "./mode.js";
import { isOperation, type Operation } from "./operation.js";
import { unforgiven, violatedRules, violatingTags } from "./rules.js";

/** What becomes of an access. */
export type Decision =
  | { readonly kind: "allow" }
  | {
      /** Allowed, if the agent's labels change for good. */
      readonly kind: "propagate";
      readonly secrecyToAdd: readonly string[];
      readonly integrityToDrop: readonly string[];
      readonly message: string;
    }
  /** The explanation is complete: it may say more than the agent may know. */
  | ({ readonly kind: "deny" } & Explanation);

/**
 * Judges one access of an agent to a resource. Total: whatever operation or mode arrives at run time, the answer is never
 * more than the rules allow.
 */
export function evaluate(
  agent: Labels,
  resource: DescribedLabels,
  operation: Operation,
  mode: DifcMode,
): Decision {
  if (!isOperation(operation)) return { kind: "deny", ...unknownOperation };
  const violated = violatedRules(agent, resource, operation);
  if (violated.length === 0) return { kind: "allow" };
  const denying = unforgiven(violated, mode);
  if (denying.length > 0) return { kind: "deny", ...explain(agent, resource, denying) };
  const secrecyToAdd = violatingTags(agent, resource, "read-secrecy");
  const integrityToDrop = violatingTags(agent, resource, "read-integrity");
  return { kind: "propagate", secrecyToAdd, integrityToDrop, message: price(secrecyToAdd, integrityToDrop) };
}

function price(secrecyToAdd: readonly string[], integrityToDrop: readonly string[]): string {
  const changes = [
    ...(secrecyToAdd.length > 0 ? [`takes on the secrecy of ${scopeWords(secrecyToAdd)}`] : []),
    ...(integrityToDrop.length > 0 ? [`gives up the integrity ${integrityWords(integrityToDrop)}`] : []),
  ];
  return `By reading this, the agent ${changes.join(" and ")}.`;
}
