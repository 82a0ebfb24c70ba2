import type { GuardErrorCode } from "@guardhost/core";
import type { DenialCode, DifcMode, FlowRule, Operation } from "@guardhost/difc";
import type { McpErrorKind } from "../protocol/mcp-error.js";
import type { ToolLabel } from "../telemetry/tool-labels.js";

/** What was decided about. */
export type DecisionPhase =
  /** Whether the agent may use the gateway: guards label it, once. */
  | "agent"
  /** Whether a request may go to the server. */
  | "request"
  /** What of its answer the agent gets. */
  | "result"
  /** Whether a notification that belongs to a request is passed on. */
  | "notification"
  /** Whether the server may ask the client something. */
  | "server-request";

/** What a rule would need to let something through. */
export interface Remedy {
  readonly rule: FlowRule | "operation";
  /** What would change the decision. `tags` are what the change is about; for parts of results they are not told. */
  readonly change:
    | "clear the agent"
    | "raise the resource's integrity"
    | "raise the agent's integrity"
    | "write elsewhere"
    | "let the guard name the operation";
  readonly tags: readonly string[];
}

/** Labels as lists of tags; `["*"]` is every tag. */
export interface RecordedLabels {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/**
 * One decision, for operators: which labels met, which rule decided, and what would change it. Plain data, and free of
 * arguments, results, descriptions and identities. Tags of the resource and of the agent are in it, those of parts of
 * a result are not.
 */
export interface DecisionRecord {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** A number of the agent within this process, the same as in `reflect()`. */
  readonly agent: number;
  readonly server: string;
  readonly method: string;
  readonly tool?: ToolLabel;
  readonly phase: DecisionPhase;
  /** `filter`: a part was withheld. `fail`: it could not be decided, which counts as a denial. */
  readonly decision: "allow" | "filter" | "deny" | "fail";
  /** Whether the decision was carried out; false in an audit. */
  readonly isEnforced: boolean;
  readonly operation?: Operation;
  /** The mode in force. */
  readonly mode?: DifcMode;
  readonly agentLabels?: RecordedLabels;
  readonly resourceLabels?: RecordedLabels;
  /** Why the monitor denies. */
  readonly denial?: DenialCode;
  /** Of what kind a failure is. */
  readonly failure?: McpErrorKind;
  /** Why the guard failed. */
  readonly guard?: GuardErrorCode;
  /** The server whose guard could not label the agent, which keeps it from all of them. */
  readonly failedServer?: string;
  /** How many parts of the result are withheld, and by which rules. */
  readonly withheld?: { readonly parts: number; readonly rules: readonly string[] };
  readonly remedies?: readonly Remedy[];
}

/**
 * Gets every decision as it is made. What it throws, or its promise rejects with, decides nothing.
 *
 * @param failure what has failed, where that is why nothing could be decided (`fail`): a GuardError, a DifcError, or what the store has
 *   rejected with as the cause of another error. Unlike the record it is free of nothing: a message may quote a guard's own words.
 */
export type DecisionListener = (record: DecisionRecord, failure: unknown) => void;
