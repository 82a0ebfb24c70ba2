import { isJsonObject } from "../protocol/is-json-object.js";
import { McpError } from "../protocol/mcp-error.js";
import type { McpRequest, McpResult } from "../protocol/messages.js";
import { isMethod, treatmentOf } from "../protocol/methods.js";
import { checkParams } from "../protocol/request-params.js";
import { decide } from "./decide.js";
import { type CallContext, type JudgedRequest, runJudged, runUnjudged } from "./guarded-call.js";
import { definitionsSubject, methodSubject, toolSubject } from "./subject.js";

/** Runs a request as its method is to be treated. */
export async function runRequest(context: CallContext, request: McpRequest): Promise<McpResult> {
  if (request.method === "ping") return {};
  const { agent, monitor, exchange } = context;
  await decide(context, { phase: "agent", isExecuted: false }, () => agent.label(monitor, exchange));
  const judged = await decide(context, { phase: "request", isExecuted: false }, () =>
    judgedRequest(context, request),
  );
  // Only an audit goes on without.
  if (judged === undefined) return runUnjudged(context, request);
  return runJudged(context, context.isEnforced ? judged : { ...judged, request });
}

/** What a request is about. Throws an McpError for one that is not let through. */
function judgedRequest(context: CallContext, request: McpRequest): JudgedRequest {
  const { on } = context;
  const { method } = request;
  const treatment = treatmentOf(method);
  switch (treatment.kind) {
    case "call":
      return judgedToolCall(context, request);
    case "guarded": {
      if (!on.server.understands(treatment.method)) throw notUnderstood(method);
      const { params, size, hasAnswers } = checkParams(request.params, treatment.params, true);
      const { _meta, inputResponses, requestState, ...own } = params;
      return { subject: methodSubject(on, method, own), request: { method, params }, size, hasAnswers };
    }
    case "definitions": {
      const { params, size, hasAnswers } = checkParams(request.params, treatment.params, false);
      const { _meta, ...own } = params;
      const isGuarded = treatment.method !== undefined && on.server.understands(treatment.method);
      const subject = isGuarded ? methodSubject(on, method, own) : definitionsSubject(on, method);
      return { subject, request: { method, params }, size, hasAnswers };
    }
    case "answered":
    case "subscription":
    case "listen":
      throw McpError.of("methodNotFound", "Subscriptions are not supported.");
    case "refused":
      throw McpError.of("methodNotFound", `This request is not let through: ${treatment.because}.`);
  }
}

function judgedToolCall({ on }: CallContext, { method, params }: McpRequest): JudgedRequest {
  const checked = checkParams(params, ["name", "arguments"], true);
  const { name, arguments: args } = checked.params;
  if (typeof name !== "string" || name === "")
    throw McpError.of("invalidParams", "The tool's name is missing.");
  // To the guard it would be that request.
  if (isMethod(name))
    throw McpError.of("invalidParams", "A tool that is called like a method is not let through.");
  if (args !== undefined && !isJsonObject(args))
    throw McpError.of("invalidParams", "The arguments must be an object.");
  const call = args === undefined ? { name } : { name, arguments: args };
  return { subject: toolSubject(on, call), request: { method, params: checked.params }, ...checked };
}

function notUnderstood(method: string): McpError {
  return McpError.of("methodNotFound", `No guard of this server understands ${method}.`);
}
