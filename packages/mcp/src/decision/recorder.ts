import { failSafely, GuardError, type GuardLogger } from "@guardhost/core";
import {
  type DifcMode,
  isOperation,
  type Labels,
  type LabelsInput,
  type Operation,
  type WithheldPart,
} from "@guardhost/difc";
import type { Refusal } from "../call/refusal.js";
import type { McpErrorData } from "../protocol/mcp-error.js";
import type { Instruments } from "../telemetry/instruments.js";
import type { TelemetryAttributes } from "../telemetry/telemetry.js";
import type { ToolLabel } from "../telemetry/tool-labels.js";
import type { DecisionListener, DecisionPhase, DecisionRecord } from "./decision-record.js";
import { explainWithheld, recordedLabels, remediesOf } from "./explain.js";

/** Where decisions go. */
export interface RecorderOptions {
  readonly instruments: Instruments;
  readonly logger: GuardLogger;
  readonly onDecision: DecisionListener | undefined;
  readonly isEnforced: boolean;
}

/** The request that decisions are about. */
export interface RecordedRequest {
  readonly agent: number;
  readonly server: string;
  readonly engine: string;
  readonly method: string;
  readonly tool: ToolLabel | undefined;
}

/** What was found out about one decision. */
type Finding = Omit<DecisionRecord, "time" | "agent" | "server" | "method" | "tool" | "isEnforced">;

/** Records the decisions about one request: as records, log lines, spans and metrics, none of which can hold a payload. */
export class RequestRecorder {
  readonly #options: RecorderOptions;
  readonly #request: RecordedRequest;
  readonly #met: () => Labels | undefined;
  #resource: LabelsInput | undefined;
  #operation: Operation | undefined;
  /** The last one. */
  #decision: DecisionRecord["decision"] | undefined;

  /** @param met the labels of the agent at the last decision */
  constructor(options: RecorderOptions, request: RecordedRequest, met: () => Labels | undefined) {
    this.#options = options;
    this.#request = request;
    this.#met = met;
  }

  /** Does a part of the work under a span, and measures how long it takes. */
  span<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const attributes = () => ({ ...this.#attributes, "guardhost.phase": phase });
    return this.#options.instruments.span(attributes(), work, () => ({
      ...attributes(),
      ...(this.#decision === undefined ? {} : { "guardhost.decision": this.#decision }),
    }));
  }

  /** Measures the parameters of the request. */
  received(size: number): void {
    this.#options.instruments.received(this.#attributes, size);
  }

  /** Remembers what the guard says about the request. */
  noteResource(resource: LabelsInput, operation: Operation): void {
    this.#resource = resource;
    // A word that is none may be anything.
    this.#operation = isOperation(operation) ? operation : undefined;
  }

  /** Something is let through, but for the parts that are withheld. */
  allowed(phase: DecisionPhase, mode: DifcMode, withheld: readonly WithheldPart[] = []): void {
    const isWhole = withheld.length === 0;
    this.#record({
      phase,
      decision: isWhole ? "allow" : "filter",
      mode,
      ...(isWhole ? {} : { withheld: explainWithheld(withheld) }),
    });
  }

  /** Something is refused. */
  refused(phase: DecisionPhase, { error, denial, withheld, failedServer }: Refusal): void {
    const { kind } = error.data as McpErrorData;
    const isDenied = kind === "denied";
    const failure = error.cause;
    const finding: Finding = {
      phase,
      decision: isDenied ? "deny" : "fail",
      ...(denial === undefined ? {} : { denial: denial.code, remedies: remediesOf(denial, withheld) }),
      ...(isDenied ? {} : { failure: kind }),
      ...(GuardError.is(failure) ? { guard: failure.code } : {}),
      ...(failedServer === undefined ? {} : { failedServer }),
      ...(withheld.length === 0 ? {} : { withheld: explainWithheld(withheld) }),
    };
    this.#record(finding, isDenied ? undefined : failure);
  }

  /** The client could not be notified. */
  failedToNotify(error: unknown): void {
    this.#options.logger.warn(
      { ...this.#attributes, error: nameOf(error) },
      "the client could not be notified",
    );
  }

  get #attributes(): TelemetryAttributes {
    const { server, engine, method, tool } = this.#request;
    return {
      "guardhost.server": server,
      "guardhost.engine": engine,
      "guardhost.method": method,
      ...(tool === undefined ? {} : { "guardhost.tool": tool }),
      ...(this.#operation === undefined ? {} : { "guardhost.operation": this.#operation }),
    };
  }

  #record(finding: Finding, failure?: unknown): void {
    const { instruments, logger, onDecision, isEnforced } = this.#options;
    const { agent, server, method, tool } = this.#request;
    const { decision, phase } = finding;
    this.#decision = decision;
    const attributes: TelemetryAttributes = {
      ...this.#attributes,
      "guardhost.phase": phase,
      "guardhost.decision": decision,
      "guardhost.enforced": isEnforced,
    };
    instruments.decided(attributes, finding.withheld?.parts ?? 0);
    if (decision !== "allow") {
      const { denial, failure, guard, failedServer } = finding;
      const what = { agent, server, method, tool, phase, decision, isEnforced };
      const fields = { ...what, denial, failure, guard, failedServer };
      const level = decision === "fail" ? "warn" : "info";
      logger[level](
        fields,
        isEnforced ? "a request was not let through" : "a request would not be let through",
      );
    }
    if (onDecision === undefined) return;
    const met = this.#met();
    const record: DecisionRecord = {
      time: Date.now(),
      agent,
      server,
      method,
      ...(tool === undefined ? {} : { tool }),
      isEnforced,
      ...(this.#operation === undefined ? {} : { operation: this.#operation }),
      ...(met === undefined ? {} : { agentLabels: recordedLabels(met) }),
      ...(this.#resource === undefined ? {} : { resourceLabels: recordedLabels(this.#resource) }),
      ...finding,
    };
    failSafely(() => onDecision(record, failure));
  }
}

/** Only what kind of error it is: its message may quote data. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
