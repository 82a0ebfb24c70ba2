import { type Denial, type FlowRule, Label, type LabelsInput, type WithheldPart } from "@guardhost/difc";
import type { DecisionRecord, RecordedLabels, Remedy } from "./decision-record.js";

/** What would let through what a rule forbids, from the side that usually gives way. */
const CHANGES: Readonly<Record<FlowRule | "operation", Remedy["change"]>> = {
  "read-secrecy": "clear the agent",
  "read-integrity": "raise the resource's integrity",
  "write-integrity": "raise the agent's integrity",
  "write-secrecy": "write elsewhere",
  operation: "let the guard name the operation",
};

/** What would change a denial. Tags of parts of a result are left out: they may be as secret as the parts. */
export function remediesOf({ forOperator }: Denial, withheld: readonly WithheldPart[]): readonly Remedy[] {
  return forOperator.violations.map(({ rule, tags }) => ({
    rule,
    change: CHANGES[rule],
    tags: withheld.length === 0 ? tags : [],
  }));
}

/** How much is withheld, and by which rules. */
export function explainWithheld(withheld: readonly WithheldPart[]): NonNullable<DecisionRecord["withheld"]> {
  const rules = new Set(withheld.flatMap(({ reasons }) => reasons));
  return { parts: withheld.length, rules: [...rules].sort() };
}

/** Labels as plain data. */
export function recordedLabels({ secrecy, integrity }: LabelsInput): RecordedLabels {
  return { secrecy: tagsOf(secrecy), integrity: tagsOf(integrity) };
}

function tagsOf(tags: LabelsInput["secrecy"]): readonly string[] {
  if (tags instanceof Label) return tags.tags;
  // What is no list of strings has been refused, and is no label.
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
