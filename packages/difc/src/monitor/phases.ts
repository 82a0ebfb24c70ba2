import { type AgentState, initialState, taint } from "../agent/agent-state.js";
import type { ResponseAccess } from "../filter/judge.js";
import { evaluate } from "../flow/evaluate.js";
import type { DifcMode } from "../flow/mode.js";
import type { Operation } from "../flow/operation.js";
import { Label } from "../labels/label.js";
import type { Labels } from "../labels/labels.js";

/**
 * What the coarse check says of a call (phase 2): it may be made; it may be made, but its response must be labelled finely to
 * be delivered; or it may not be made.
 */
export type CoarseOutcome = "allowed" | "bypassed" | "denied";

/**
 * Decides whether a call may be made, by the labels of what it touches. A read that is denied may be made all the same when
 * its tool is known to be read-only, because its response may have parts that may be read (W8).
 */
export function checkCoarsely(
  agent: Labels,
  resource: Labels,
  operation: Operation,
  mode: DifcMode,
  isReadOnly: boolean,
): CoarseOutcome {
  if (evaluate(agent, resource, operation, mode).kind !== "deny") return "allowed";
  return operation === "read" && isReadOnly ? "bypassed" : "denied";
}

/** Whether a guard has to label the response of a call (phase 4). Otherwise the resource's labels are all there is. */
export function needsResponseLabels(operation: Operation, mode: DifcMode): boolean {
  return operation === "read" || (operation === "read-write" && mode !== "strict");
}

/**
 * What to join to the state of an agent that is given the result of a call, or of what is left of it, with these labels
 * (phase 6). Only `propagate` gives agents what their labels do not already allow. What a write returns answers the agent's
 * own words, so it costs no integrity.
 */
export function accumulate(
  { operation, mode, writeResult }: Pick<ResponseAccess, "operation" | "mode" | "writeResult">,
  labels: Labels,
): AgentState {
  if (mode !== "propagate") return initialState;
  if (operation !== "write") return taint(labels);
  return writeResult === "delivered" ? initialState : taint({ ...labels, integrity: Label.all });
}
