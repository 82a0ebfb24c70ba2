/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Guards enforced on MCP traffic.
 *
 * What a gateway needs of the monitor's rules is exported again: guards that need no WebAssembly, stores, labels.
 *
 * @module
 */

export {
  type AgentState,
  agentStateFromJSON,
  type BuiltInGuard,
  type DifcMode,
  initialState,
  joinStates,
  Label,
  type LabelStore,
  type LabelsInput,
  MemoryLabelStore,
  noopGuard,
  parseWriteSinkPolicy,
  writeSinkGuard,
} from "@guardhost/difc";

export type { AgentIdentity } from "./agent/agent-key.js";
export { agentKey } from "./agent/agent-key.js";
export type { Client } from "./call/client.js";
export { NOTICE_META_KEY } from "./call/delivery.js";
export type {
  DecisionListener,
  DecisionPhase,
  DecisionRecord,
  RecordedLabels,
  Remedy,
} from "./decision/decision-record.js";
export { type GuardedMcp, guardMcp, type SessionOptions } from "./guard-mcp.js";
export type { GuardMcpOptions, ServerOptions } from "./options.js";
export {
  MCP_ERROR_CODES,
  McpError,
  type McpErrorData,
  type McpErrorKind,
} from "./protocol/mcp-error.js";
export type {
  McpNotification,
  McpRequest,
  McpResult,
  Upstream,
  UpstreamContext,
} from "./protocol/messages.js";
export { GUARDED_METHODS, type GuardedMethod } from "./protocol/methods.js";
export { ERROR_META_KEY } from "./protocol/tool-result.js";
export type { Reflection } from "./reflection.js";
export type { HandleOptions, McpSession } from "./session.js";
export type { MeterLike, SpanLike, Telemetry, TracerLike } from "./telemetry/telemetry.js";
export type { ToolLabel } from "./telemetry/tool-labels.js";
