import type { ToolCall } from "@guardhost/core";
import type { LabelsInput, ResourceAnswer, ResponseLabels, ResultFormat } from "@guardhost/difc";
import type { AgentOnServer } from "../agent/agent.js";
import { isToolReadOnly } from "../server/tool-annotations.js";
import type { Exchange } from "./exchange.js";

/** What a request is about, and who labels it. */
export interface Subject {
  /** The tool that the monitor and the guard know it by. */
  readonly tool: string;
  readonly format: ResultFormat;
  labelResource(exchange: Exchange): Promise<ResourceAnswer>;
  labelResult(result: unknown, exchange: Exchange): Promise<ResponseLabels>;
  /** Whether it is known to change nothing (W8). */
  isReadOnly(exchange: Exchange): Promise<boolean>;
  /** What the agent's own words in it reach, where no guard has seen them. */
  readonly writesTo?: LabelsInput;
}

/** The call of a tool. */
export function toolSubject(on: AgentOnServer, call: ToolCall): Subject {
  const subject = callSubject(on, call);
  return {
    ...subject,
    labelResource: async (exchange) => {
      on.toolCalls.count(call.name);
      return subject.labelResource(exchange);
    },
  };
}

function callSubject({ server, labeller }: AgentOnServer, call: ToolCall): Subject {
  return {
    tool: call.name,
    format: "tool-result",
    labelResource: (exchange) => labeller.labelResource(call, exchange),
    labelResult: (result, exchange) => labeller.labelResponse(call, result, exchange),
    isReadOnly: async (exchange) =>
      server.readOnlyTools.has(call.name) ||
      (server.trustAnnotations && (await isToolReadOnly(exchange, server.name, call.name))),
  };
}

/** Another request, which its guard takes for the call of a tool that is called like it. MCP says that these only read. */
export function methodSubject(on: AgentOnServer, method: string, params: Record<string, unknown>): Subject {
  const call = { name: method, arguments: params };
  return { ...callSubject(on, call), format: "document", isReadOnly: async () => true };
}

/**
 * What the server says about itself, which the operator has labelled.
 *
 * @param words the agent's own in the request; none where the server has given them to it
 */
export function definitionsSubject({ server }: AgentOnServer, method: string, words?: string): Subject {
  const { secrecy } = server.definitions;
  return {
    tool: method,
    format: "document",
    labelResource: async () => ({ resource: server.definitions, operation: "read" }),
    labelResult: async () => ({ kind: "unlabeled" }),
    // All of it has one label, so a part that may be read is not to be had.
    isReadOnly: async () => false,
    ...(words === undefined ? {} : { writesTo: { secrecy, integrity: [] } }),
  };
}

/** What tells an agent that a resource has changed: whoever may read it as a whole may be told. */
export function subscriptionSubject(on: AgentOnServer, uri: string): Subject {
  return {
    ...methodSubject(on, "resources/read", { uri }),
    labelResult: async () => ({ kind: "unlabeled" }),
    isReadOnly: async () => false,
  };
}
