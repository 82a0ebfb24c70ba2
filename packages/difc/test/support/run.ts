import type { LabelsInput } from "../../src/labels/read-labels.js";
import type { AdmittedCall, CallRequest, Outcome } from "../../src/monitor/call.js";
import { Monitor, type MonitorOptions } from "../../src/monitor/monitor.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";

/** Everything about one call of one agent. What is left out is empty, allowed and lenient. */
export interface Scenario extends Partial<Omit<CallRequest, "agent">> {
  readonly agent?: LabelsInput;
  readonly options?: MonitorOptions;
  readonly result?: unknown;
  readonly labels?: ResponseLabels;
}

export const nothing: LabelsInput = { secrecy: [], integrity: [] };
export const unlabeled: ResponseLabels = { kind: "unlabeled" };

/** A monitor that knows the agent "agent". */
export async function monitorOf({ agent = nothing, options = {} }: Scenario): Promise<Monitor> {
  const monitor = new Monitor({ mode: "propagate", ...options });
  await monitor.labelAgent("agent", { agent, mode: "propagate" });
  return monitor;
}

/** What `before` says of the scenario's call. */
export function ask(monitor: Monitor, { agent, options, result, labels, ...request }: Scenario) {
  const defaults: CallRequest = { agent: "agent", tool: "list_things", resource: nothing, operation: "read" };
  return monitor.before({ ...defaults, isReadOnly: true, ...request });
}

/** The scenario's call, which must be admitted. */
export async function admit(monitor: Monitor, scenario: Scenario): Promise<AdmittedCall> {
  const call = await ask(monitor, scenario);
  if (!call.isAdmitted) throw new Error(`denied: ${call.denial.forOperator.message}`);
  return call;
}

/** What becomes of the scenario's result. */
export async function run(scenario: Scenario, monitor?: Monitor): Promise<Outcome> {
  const used = monitor ?? (await monitorOf(scenario));
  return used.after(await admit(used, scenario), scenario.result, scenario.labels ?? unlabeled);
}

/** The result that is delivered; fails when none is. */
export function resultOf(outcome: Outcome): unknown {
  if (!outcome.isDelivered) throw new Error(`refused: ${outcome.denial.forOperator.message}`);
  return outcome.result;
}

/** What an agent sees of an outcome, whatever it is. */
export function shownBy(outcome: Outcome): string {
  return JSON.stringify(outcome.isDelivered ? [outcome.result, outcome.notice] : outcome.denial.forAgent);
}
