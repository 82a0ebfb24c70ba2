import type { Explanation } from "../flow/explain.js";

/** Why nothing is delivered, for programs. */
export type DenialCode =
  /** The rules forbid it. */
  | "flow"
  /** The guard shows nothing of the response. */
  | "hidden"
  /** What the call does to its resource is unknown. */
  | "operation"
  /** No guard has labelled the agent, so nothing is known about it. */
  | "unknown-agent"
  /** Labelling failed, or the labels do not fit what they are about. */
  | "labels";

/** A refusal. Only `forAgent` may be shown to the agent. */
export interface Denial {
  readonly code: DenialCode;
  /** Whether the backend has carried the call out all the same, so that only its result is withheld (W53). */
  readonly isExecuted: boolean;
  /** What the agent may know. */
  readonly forAgent: Explanation;
  /** Everything, for operators. Descriptions and tags in the message are a guard's text, quoted and escaped. */
  readonly forOperator: Explanation;
  /** What went wrong with the labels. */
  readonly cause?: unknown;
}

/** A tool result of MCP that says why there is none. Mutable, as the types of MCP's SDKs are. */
export interface DeniedToolResult {
  content: { type: "text"; text: string }[];
  isError: true;
}

/** A denial as the tool result that an agent gets: a result that is an error, not a protocol error (W52). */
export function toToolResult({ forAgent }: Denial): DeniedToolResult {
  return { content: [{ type: "text", text: forAgent.message }], isError: true };
}
