import type { DifcMode } from "../flow/mode.js";
import type { Operation } from "../flow/operation.js";
import { type FlowRule, unforgiven, violatedRules } from "../flow/rules.js";
import type { DescribedLabels, Labels } from "../labels/labels.js";
import type { PartLabels } from "../response/layout.js";

/**
 * What becomes of the result of a write. `checked`: it is delivered to agents that are cleared for the resource, since what
 * a write returns is often what it has found there. `delivered`: always, for sinks that only acknowledge.
 */
export type WriteResult = "checked" | "delivered";

/** One access that has been let through to its resource, whose response is now judged. */
export interface ResponseAccess {
  readonly agent: Labels;
  readonly resource: DescribedLabels;
  readonly operation: Operation;
  readonly mode: DifcMode;
  readonly writeResult: WriteResult;
}

/** What keeps a part of a response from the agent: a rule, or that the guard shows nothing of it. */
export type WithheldReason = FlowRule | "hidden";

/** What becomes of one part of a response. */
export interface Verdict {
  /** What keeps it from being delivered; nothing does when the list is empty. */
  readonly reasons: readonly WithheldReason[];
  /** Whether the agent is not cleared for it, so that it must not be described to the agent either (W13). */
  readonly isSecret: boolean;
}

/** Judges an item of a response, or all of it where it has no items. */
export function judgeItem(access: ResponseAccess, labels: PartLabels): Verdict {
  return judge(access, labels, access.operation);
}

/** Judges what is no item: nothing of it was written to. */
export function judgeSurroundings(access: ResponseAccess, labels: PartLabels): Verdict {
  return judge(access, labels, access.operation === "write" ? "write" : "read");
}

function judge(access: ResponseAccess, labels: PartLabels, operation: Operation): Verdict {
  if (labels === "hidden") return { reasons: ["hidden"], isSecret: true };
  const violated =
    operation === "write" ? violatedByResult(access, labels) : violatedRules(access.agent, labels, operation);
  return { reasons: unforgiven(violated, access.mode), isSecret: violated.includes("read-secrecy") };
}

/** What a write returns answers the agent's own words, so its integrity is as good as theirs. Its secrecy is not. */
function violatedByResult({ agent, writeResult }: ResponseAccess, labels: Labels): readonly FlowRule[] {
  if (writeResult === "delivered") return [];
  return violatedRules(agent, labels, "read").filter((rule) => rule === "read-secrecy");
}
