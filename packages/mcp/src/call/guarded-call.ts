import type { AdmittedCall, LabelsInput, Monitor, Operation } from "@guardhost/difc";
import type { AgentOnServer } from "../agent/agent.js";
import type { McpRequest, McpResult } from "../protocol/messages.js";
import type { ToolLabels } from "../telemetry/tool-labels.js";
import { type Answer, answerOf } from "./answer.js";
import { CallRelayJudge, openRelayJudge } from "./call-relay-judge.js";
import type { Client } from "./client.js";
import { type DecisionContext, decide } from "./decide.js";
import { deliveredResult, isInterim } from "./delivery.js";
import { admitQuestion } from "./question.js";
import { interimRefusal, refusalOf } from "./refusal.js";
import { Relay } from "./relay.js";
import type { Subject } from "./subject.js";

/** What one request of an agent is judged with. */
export interface CallContext extends DecisionContext {
  readonly on: AgentOnServer;
  /** A monitor of the request's own, so that what it meets is known. */
  readonly monitor: Monitor;
  readonly client: Client;
  /** Aborts when what would go on by itself has to end. */
  readonly ending: AbortSignal;
  readonly toolLabels: ToolLabels;
}

/** A request, and what is known about it. */
export interface JudgedRequest {
  readonly subject: Subject;
  /** What goes to the server. */
  readonly request: McpRequest;
  /** Whether the client hands over more than the guard sees. */
  readonly hasAnswers: boolean;
  /** Length of its parameters as JSON. */
  readonly size: number;
  /** Changes a result that is delivered, by rules that are none of information flow. */
  readonly reshape?: (result: McpResult) => McpResult;
  /** Is told when the agent gets a result. */
  readonly onDelivered?: (admitted: AdmittedCall, result: McpResult) => void;
  /** Is told at its end, whatever that is. */
  readonly onEnd?: () => void;
}

/** The life of a request: label, check, send, label, check again. */
export async function runJudged(context: CallContext, judged: JudgedRequest): Promise<McpResult> {
  const { subject, request, hasAnswers, size, reshape = unchanged } = judged;
  context.recorder.received(size);
  const admitted = await decide(context, { phase: "request", isExecuted: false }, () =>
    admit(context, subject, hasAnswers),
  );
  const answer = await send(context, request, admitted);
  // Only an audit goes on without: what would not have been asked has no answer to judge.
  if (admitted === undefined) return unwrap(answer);
  const judgedAnswer = await decide(context, { phase: "result", isExecuted: true }, () =>
    judge(context, subject, admitted, answer),
  );
  if (judgedAnswer === undefined) return unwrap(answer);
  const result = reshape(unwrap(judgedAnswer));
  judged.onDelivered?.(admitted, result);
  return context.isEnforced ? result : unwrap(answer);
}

/** Passes a request on in an audit, which would have been refused for what it is. */
export async function runUnjudged(context: CallContext, request: McpRequest): Promise<McpResult> {
  return unwrap(await send(context, request, undefined));
}

/** Decides whether a request may go to its server (phases 1 and 2). Throws a Refusal. */
export async function admit(
  context: CallContext,
  subject: Subject,
  hasAnswers: boolean,
): Promise<AdmittedCall> {
  const { agent, on, monitor, exchange, recorder } = context;
  const labels = await recorder.span("label_resource", () => subject.labelResource(exchange));
  const operation = hasAnswers ? withWrite(labels.operation) : labels.operation;
  recorder.noteResource(labels.resource, operation);
  const decideBy = (isReadOnly: boolean) =>
    monitor.before({
      agent: agent.key,
      tool: subject.tool,
      resource: labels.resource,
      operation,
      writeResult: labels.writeResult,
      mode: on.mode,
      isReadOnly,
      format: subject.format,
    });
  let decision = await decideBy(false);
  if (!decision.isAdmitted && decision.denial.code === "unknown-agent") {
    // Somebody has reset the agent in the store: it begins anew, as guards label it.
    await agent.relabel(monitor, exchange);
    decision = await decideBy(false);
  }
  // Asked only now, because it can take a question to the server.
  if (!decision.isAdmitted && operation === "read" && (await subject.isReadOnly(exchange))) {
    decision = await decideBy(true);
  }
  if (!decision.isAdmitted) throw refusalOf(decision.denial);
  if (subject.writesTo !== undefined) await admitWords(context, subject.tool, subject.writesTo);
  recorder.allowed("request", decision.mode);
  return decision;
}

/** Decides whether words of the agent's own, which no guard has seen, may go to the server. Throws a Refusal. */
async function admitWords(
  { agent, on, monitor }: CallContext,
  tool: string,
  resource: LabelsInput,
): Promise<void> {
  const { mode } = on;
  const decision = await monitor.before({ agent: agent.key, tool, resource, operation: "write", mode });
  if (!decision.isAdmitted) throw refusalOf(decision.denial);
}

async function send(
  context: CallContext,
  request: McpRequest,
  admitted: AdmittedCall | undefined,
): Promise<Answer> {
  const { on, exchange, recorder, toolLabels } = context;
  const { name } = on.server;
  const judge = admitted === undefined ? openRelayJudge : new CallRelayJudge(context, admitted);
  const relay = new Relay(context, judge, request);
  try {
    const answer = await recorder.span("upstream", () => answerOf(exchange, name, relay.request, relay));
    // Also of a list that the agent does not get: it may call by heart what stands there.
    if (request.method === "tools/list" && answer.result !== undefined) toolLabels.note(name, answer.result);
    return answer;
  } finally {
    await relay.close();
  }
}

/** Decides what of an answer the agent gets (phases 4 to 6). Throws a Refusal. */
async function judge(
  { monitor, exchange, recorder }: CallContext,
  subject: Subject,
  admitted: AdmittedCall,
  answer: Answer,
): Promise<Answer> {
  if (answer.error !== undefined) {
    // An error is the server's text like any other (W10).
    const { code, message, data } = answer.error;
    const outcome = await monitor.after(admitted, { code, message, data }, { kind: "unlabeled" });
    if (!outcome.isDelivered) throw refusalOf(outcome.denial, outcome.withheld);
    recorder.allowed("result", admitted.mode);
    return answer;
  }
  const { result } = answer;
  const labels = admitted.needsResponseLabels
    ? await recorder.span("label_response", () => subject.labelResult(result, exchange))
    : undefined;
  // Nobody is asked what they may not answer.
  if (isInterim(result)) await admitQuestion(monitor, admitted);
  const outcome = await monitor.after(admitted, result, labels);
  if (!outcome.isDelivered) throw refusalOf(outcome.denial, outcome.withheld);
  // Half a question is none.
  if (outcome.withheld.length > 0 && isInterim(result)) throw interimRefusal(outcome.withheld);
  recorder.allowed("result", admitted.mode, outcome.withheld);
  return { result: deliveredResult(outcome, subject.format === "tool-result") };
}

function unchanged(result: McpResult): McpResult {
  return result;
}

function unwrap({ result, error }: Answer): McpResult {
  if (error !== undefined) throw error;
  return result;
}

/** What a client hands over beyond the parameters that the guard sees is written to the resource, too. */
function withWrite(operation: Operation): Operation {
  return operation === "read" ? "read-write" : operation;
}
