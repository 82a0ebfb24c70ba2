import { DifcError } from "../error.js";
import type { FilteredResponse } from "../filter/filter-response.js";
import type { ResponseAccess, WithheldReason } from "../filter/judge.js";
import type { WithheldPart } from "../filter/withheld.js";
import {
  deniedWithoutReason,
  type Explanation,
  explain,
  explainToAgent,
  type SecrecyNotices,
  unknownOperation,
} from "../flow/explain.js";
import type { Operation } from "../flow/operation.js";
import type { FlowRule } from "../flow/rules.js";
import type { DescribedLabels, Labels } from "../labels/labels.js";
import type { Denial } from "./denial.js";
import { amount, NOTICE_PREFIX, tellable } from "./notice.js";
import { policyName } from "./policy-name.js";

/** What an agent must know that would otherwise try again. */
const CARRIED_OUT = "The call has been carried out and must not be repeated; only its result is withheld.";

/** Refuses a call that would violate `rules`. */
export function denyCall(
  agent: Labels,
  resource: DescribedLabels,
  rules: readonly FlowRule[],
  notices: SecrecyNotices,
): Denial {
  return {
    code: "flow",
    isExecuted: false,
    forAgent: explainToAgent(agent, resource, rules, notices),
    forOperator: explain(agent, resource, rules),
  };
}

/** Refuses a call of which nobody knows what it does to its resource (W20). */
export function denyOperation(): Denial {
  return { code: "operation", isExecuted: false, forAgent: unknownOperation, forOperator: unknownOperation };
}

/** Refuses an agent that no guard has labelled: it may be whoever it likes to be (W6, W7, W61). */
export function denyUnknownAgent(isExecuted: boolean): Denial {
  const explanation = { message: "No guard has labelled the agent, so it may do nothing.", violations: [] };
  return { code: "unknown-agent", isExecuted, forAgent: explanation, forOperator: explanation };
}

/**
 * Refuses what could not be labelled, for instance because its guard has failed.
 *
 * @param executed what the call has done, when it is its result that could not be labelled
 */
export function denyUnlabelled(cause: unknown, executed?: Operation): Denial {
  const message =
    executed === undefined ? "The call could not be labelled." : "The result could not be labelled.";
  const explanation: Explanation = { message, violations: [] };
  // Other errors may quote what they are about.
  const detail = DifcError.is(cause) ? ` ${cause.code}: ${cause.message}.` : "";
  return {
    code: "labels",
    isExecuted: executed !== undefined,
    forAgent: executed === undefined ? explanation : afterwards(filtered(explanation), executed),
    forOperator: { message: `${message}${detail}`, violations: [] },
    cause,
  };
}

/** Refuses a response because of the parts of it that are withheld, of which there is at least one. */
export function denyResponse(
  { agent, operation }: ResponseAccess,
  { withheld, total }: FilteredResponse,
  notices: SecrecyNotices,
): Denial {
  const [first] = withheld as readonly [WithheldPart, ...WithheldPart[]];
  const isOne = withheld.length === 1 && total === 1;
  const told = tellable(withheld, notices);
  const detail = explainPart(first, (labels, rules) => explain(agent, labels, rules));
  const forAgent = isOne
    ? explainPart(first, (labels, rules) => explainToAgent(agent, labels, rules, notices))
    : explainParts(told);
  return {
    code: first.labels === undefined ? "hidden" : "flow",
    isExecuted: true,
    forAgent: afterwards(told.length === 0 ? deniedWithoutReason : filtered(forAgent), operation),
    forOperator: isOne
      ? detail
      : { ...detail, message: `${explainParts(withheld).message} The first: ${detail.message}` },
  };
}

type ExplainLabels = (labels: DescribedLabels, rules: readonly FlowRule[]) => Explanation;

function explainPart({ labels, reasons }: WithheldPart, explainLabels: ExplainLabels): Explanation {
  if (labels === undefined) return { message: "The guard shows nothing of the result.", violations: [] };
  return explainLabels(labels, flowRules(reasons));
}

function explainParts(parts: readonly WithheldPart[]): Explanation {
  const rules = new Set(parts.flatMap(({ reasons }) => flowRules(reasons)));
  return {
    message: `The response is refused, because the ${policyName(parts)} forbids ${amount(parts)} of it.`,
    violations: Array.from(rules, (rule) => ({ rule, tags: [] })),
  };
}

function filtered({ message, violations }: Explanation): Explanation {
  return { message: `${NOTICE_PREFIX} ${message}`, violations };
}

function afterwards({ message, violations }: Explanation, executed: Operation): Explanation {
  return { message: executed === "read" ? message : `${message} ${CARRIED_OUT}`, violations };
}

function flowRules(reasons: readonly WithheldReason[]): readonly FlowRule[] {
  return reasons.filter((reason) => reason !== "hidden");
}
