/**
 * The reference monitor's rules: labels, flow, agents, responses and their filtering, as a library without dependencies.
 *
 * Gateways need {@link Monitor}. The rest is what it is made of, for those who build one of their own, and for their tests.
 *
 * @module
 */

export {
  type AgentState,
  agentStateFromJSON,
  grant,
  initialState,
  joinStates,
  labelsOf,
  taint,
} from "./agent/agent-state.js";
export type { LabelStore } from "./agent/label-store.js";
export { MemoryLabelStore, type MemoryLabelStoreOptions } from "./agent/memory-label-store.js";
export { DifcError, type DifcErrorCode } from "./error.js";
export { defaultCountKeys } from "./filter/cut-document.js";
export { type FilteredResponse, type FilterOptions, filterResponse } from "./filter/filter-response.js";
export type { ResponseAccess, WithheldReason, WriteResult } from "./filter/judge.js";
export type { WithheldPart } from "./filter/withheld.js";
export { type Decision, evaluate } from "./flow/evaluate.js";
export type { Explanation, SecrecyNotices, Violation } from "./flow/explain.js";
export { type DifcMode, effectiveMode, type ModeAuthority, parseMode, stricterMode } from "./flow/mode.js";
export { isOperation, type Operation } from "./flow/operation.js";
export type { FlowRule } from "./flow/rules.js";
export type { BuiltInGuard, ResourceAnswer } from "./guards/built-in-guard.js";
export { noopGuard } from "./guards/no-op-guard.js";
export { effectivePolicy, type PolicyKind, policyKind } from "./guards/policy-kind.js";
export { effectiveSinkVisibility, type SinkContext } from "./guards/sink-visibility.js";
export { writeSinkGuard } from "./guards/write-sink-guard.js";
export {
  parseWriteSinkPolicy,
  type SinkVisibility,
  type WriteSinkPolicy,
} from "./guards/write-sink-policy.js";
export { Label } from "./labels/label.js";
export { canFlow, type DescribedLabels, joinLabels, type Labels, lowestLabels } from "./labels/labels.js";
export { type LabelsInput, readLabels, type TagsInput } from "./labels/read-labels.js";
export type { AdmittedCall, CallRequest, Delivery, DeniedCall, Outcome, Refusal } from "./monitor/call.js";
export { type AgentAnswer, type LabelledAgent, Monitor, type MonitorOptions } from "./monitor/monitor.js";
export { accumulate, type CoarseOutcome, checkCoarsely, needsResponseLabels } from "./monitor/phases.js";
export { type Denial, type DenialCode, type DeniedToolResult, toToolResult } from "./notice/denial.js";
export { denyUnlabelled } from "./notice/deny.js";
export { noticeOf } from "./notice/notice.js";
export type { ResultFormat } from "./response/documents.js";
export type { ResponseLabels } from "./response/response-labels.js";
