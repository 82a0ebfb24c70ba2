import type { WriteResult } from "../filter/judge.js";
import type { Operation } from "../flow/operation.js";
import type { LabelsInput } from "../labels/read-labels.js";
import type { AgentAnswer } from "../monitor/monitor.js";
import type { ResponseLabels } from "../response/response-labels.js";

/** What a guard says about a call. Spread it into the request for {@link Monitor.before}. */
export interface ResourceAnswer {
  readonly resource: LabelsInput;
  readonly operation: Operation;
  readonly writeResult?: WriteResult | undefined;
}

/** A guard that needs no WebAssembly. */
export interface BuiltInGuard {
  readonly name: string;
  labelAgent(): AgentAnswer;
  labelResource(call: { readonly name: string }): ResourceAnswer;
  labelResponse(): ResponseLabels;
}

/** Labels of an agent, or of anything, of which a built-in guard says nothing. */
export const emptyLabels: LabelsInput = Object.freeze({ secrecy: [], integrity: [] });
