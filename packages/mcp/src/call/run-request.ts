import { isJsonObject } from "../protocol/is-json-object.js";
import { McpError } from "../protocol/mcp-error.js";
import type { McpRequest, McpResult } from "../protocol/messages.js";
import { type GuardedMethod, isMethod, type Treatment, treatmentOf } from "../protocol/methods.js";
import { type CheckedParams, checkParams } from "../protocol/request-params.js";
import { withoutOutputSchemas } from "../protocol/tool-definitions.js";
import { isLoadedGuard } from "../server/guarded-server.js";
import { decide } from "./decide.js";
import { type CallContext, type JudgedRequest, runJudged, runUnjudged } from "./guarded-call.js";
import { judgeListen, listen } from "./listen.js";
import {
  definitionsSubject,
  methodSubject,
  type Subject,
  subscriptionSubject,
  toolSubject,
} from "./subject.js";

/** Levels of log messages in MCP. */
const LOG_LEVELS: readonly unknown[] = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
];

/** Runs a request as its method is to be treated. */
export async function runRequest(context: CallContext, request: McpRequest): Promise<McpResult> {
  const { agent, monitor, exchange, recorder, isEnforced } = context;
  // About the gateway, and answered by it.
  if (request.method === "ping") return {};
  await decide(context, { phase: "agent", isExecuted: false }, () =>
    recorder.span("label_agent", () => agent.label(monitor, exchange)),
  );
  const phase = { phase: "request", isExecuted: false } as const;
  if (request.method === "subscriptions/listen") {
    const stream = await decide(context, phase, () => judgeListen(context, request));
    return isEnforced && stream !== undefined ? listen(context, stream) : runUnjudged(context, request);
  }
  const judged = await decide(context, phase, () => judgedRequest(context, request));
  // Only an audit goes on without.
  if (judged === undefined) return runUnjudged(context, request);
  try {
    return await runJudged(context, isEnforced ? judged : { ...judged, request });
  } finally {
    judged.onEnd?.();
  }
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
      assertUnderstood(context, treatment.method);
      const checked = checkParams(request.params, treatment.params, true);
      return judgedBy(methodSubject(on, method, ownParams(checked)), method, checked);
    }
    case "introduction":
      return judgedBy(definitionsSubject(on, method), method, checkParams({}, [], false));
    case "definitions":
      return judgedDefinitions(context, request, treatment);
    case "subscription":
      return judgedSubscription(context, request);
    case "refused":
      throw McpError.of("methodNotFound", `This request is not let through: ${treatment.because}.`);
    case "separate":
      throw new TypeError(`${method} is no request like others`);
  }
}

function judgedToolCall({ on }: CallContext, { method, params }: McpRequest): JudgedRequest {
  const checked = checkParams(params, ["name", "arguments"], true);
  const { name, arguments: args } = checked.params;
  if (typeof name !== "string" || name === "") {
    throw McpError.of("invalidParams", "The tool's name is missing.");
  }
  // To the guard it would be that request.
  if (isMethod(name)) {
    throw McpError.of("invalidParams", "A tool that is called like a method is not let through.");
  }
  if (args !== undefined && !isJsonObject(args)) {
    throw McpError.of("invalidParams", "The arguments must be an object.");
  }
  const call = args === undefined ? { name } : { name, arguments: args };
  return judgedBy(toolSubject(on, call), method, checked);
}

function judgedDefinitions(
  { on }: CallContext,
  { method, params }: McpRequest,
  treatment: Treatment & { readonly kind: "definitions" },
): JudgedRequest {
  const checked = checkParams(params, treatment.params, false);
  const { cursor, level } = checked.params;
  if (method === "logging/setLevel" && !LOG_LEVELS.includes(level)) {
    throw McpError.of("invalidParams", "There is no such level.");
  }
  if (cursor !== undefined && typeof cursor !== "string") {
    throw McpError.of("invalidParams", "The cursor must be a string.");
  }
  const isGuarded = treatment.method !== undefined && on.server.understands(treatment.method);
  const isIssued = cursor === undefined || on.cursors.has(cursor);
  const subject = isGuarded
    ? methodSubject(on, method, ownParams(checked))
    : definitionsSubject(on, method, isIssued ? undefined : cursor);
  const judged = judgedBy(subject, method, checked);
  const mayFilter = method === "tools/list" && isLoadedGuard(on.server.guard);
  return {
    ...judged,
    ...(mayFilter ? { reshape: withoutOutputSchemas } : {}),
    onDelivered: (_, result) => on.cursors.note(result),
  };
}

function judgedSubscription(context: CallContext, { method, params }: McpRequest): JudgedRequest {
  const { on, monitor } = context;
  const { subscriptions } = on;
  assertUnderstood(context, "resources/read");
  const checked = checkParams(params, ["uri"], false);
  const { uri } = checked.params;
  if (typeof uri !== "string") throw McpError.of("invalidParams", "The resource's URI is missing.");
  const judged = judgedBy(subscriptionSubject(on, uri), method, checked);
  if (method === "resources/unsubscribe") {
    // At once, whatever the server says.
    subscriptions.remove(uri);
    return judged;
  }
  const release = subscriptions.reserve();
  if (release === undefined) throw McpError.of("unavailable", "There are too many subscriptions already.");
  return {
    ...judged,
    onDelivered: (admitted) => subscriptions.add(uri, { monitor, admitted }),
    onEnd: release,
  };
}

function judgedBy(
  subject: Subject,
  method: string,
  { params, size, hasAnswers }: CheckedParams,
): JudgedRequest {
  return { subject, request: { method, params }, size, hasAnswers };
}

/** What a guard sees of a request's parameters. */
function ownParams({ params }: CheckedParams): Record<string, unknown> {
  const { _meta, inputResponses, requestState, ...own } = params;
  return own;
}

function assertUnderstood({ on }: CallContext, method: GuardedMethod): void {
  if (on.server.understands(method)) return;
  throw McpError.of("methodNotFound", `The guard of this server does not understand ${method}.`);
}
