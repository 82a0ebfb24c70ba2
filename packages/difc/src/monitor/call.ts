import type { WriteResult } from "../filter/judge.js";
import type { WithheldPart } from "../filter/withheld.js";
import type { DifcMode } from "../flow/mode.js";
import type { Operation } from "../flow/operation.js";
import type { DescribedLabels } from "../labels/labels.js";
import type { LabelsInput } from "../labels/read-labels.js";
import type { Denial } from "../notice/denial.js";
import type { ResultFormat } from "../response/documents.js";
import type { CoarseOutcome } from "./phases.js";

/** A call that an agent wants to make, and what a guard says it touches. */
export interface CallRequest {
  /** The key of the agent, which the gateway derives from authentication (W15). */
  readonly agent: string;
  /** The tool's name. */
  readonly tool: string;
  /** What the guard says the call touches, and what it does to it. */
  readonly resource: LabelsInput;
  readonly operation: Operation;
  /** The guard's mode. The operator's unless given. */
  readonly mode?: DifcMode | undefined;
  /**
   * Whether the gateway knows the tool to be read-only: only then a read may be made whose resource the agent may not read
   * as a whole (W8). False unless given. The word of the upstream server is not knowledge (W21).
   */
  readonly isReadOnly?: boolean | undefined;
  /** What becomes of the result of a write; `checked` unless given. */
  readonly writeResult?: WriteResult | undefined;
  /** What the result will be; `tool-result` unless given. */
  readonly format?: ResultFormat | undefined;
}

/** A call that may be made. Only {@link Monitor.before} makes such values: a copy is none. */
export interface AdmittedCall {
  readonly isAdmitted: true;
  readonly agent: string;
  readonly tool: string;
  readonly resource: DescribedLabels;
  readonly operation: Operation;
  /** The mode in force for this call. */
  readonly mode: DifcMode;
  /** Whether the coarse check has allowed the call, or let it pass only for what its response may be made of. */
  readonly coarse: Exclude<CoarseOutcome, "denied">;
  /** Whether the guard must label the response before it goes to {@link Monitor.after}. */
  readonly needsResponseLabels: boolean;
  readonly writeResult: WriteResult;
  readonly format: ResultFormat;
}

/** A call that must not be made. */
export interface DeniedCall {
  readonly isAdmitted: false;
  readonly denial: Denial;
}

/** What becomes of the result of an admitted call. */
export type Outcome<Result = unknown> = Delivery<Result> | Refusal;

/** The agent gets a result. */
export interface Delivery<Result = unknown> {
  readonly isDelivered: true;
  /**
   * What the agent gets, the notice included if it is a tool result. The only member to pass on. It has the shape of the
   * backend's result, without what is withheld: of a tool result, that can be any member but `content`.
   */
  readonly result: Result;
  /** What the agent is told about what it does not get. */
  readonly notice?: string;
  /** What it does not get, for operators. */
  readonly withheld: readonly WithheldPart[];
}

/** The agent gets no result. */
export interface Refusal {
  readonly isDelivered: false;
  readonly denial: Denial;
  /** What it does not get, for operators; empty when the response could not be judged. */
  readonly withheld: readonly WithheldPart[];
}
