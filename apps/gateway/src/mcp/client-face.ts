import type { HandleOptions, McpNotification, McpRequest, McpResult } from "@guardhost/mcp";
import type { ClientCapabilities, LoggingLevel, ServerContext } from "@modelcontextprotocol/server";
import { anyObject } from "./any-object.js";

/** Milliseconds that a person has to answer what a server asks. */
const ASK_TIMEOUT_MS = 600_000;

/** What a client must be able to do to be asked something. */
const NEEDED: Readonly<Record<string, keyof ClientCapabilities>> = {
  "sampling/createMessage": "sampling",
  "elicitation/create": "elicitation",
  "roots/list": "roots",
};

/** The client of a request, as servers reach it. One of the newer era cannot be asked: it is answered `input_required`. */
export function clientFace(
  { mcpReq }: ServerContext,
  capabilities: ClientCapabilities | undefined,
  isModern: boolean,
): Pick<HandleOptions, "notify" | "ask"> {
  const notify = async ({ method, params = {} }: McpNotification): Promise<void> => {
    if (method === "notifications/progress") {
      const progressToken = mcpReq._meta?.progressToken;
      // A client that has not asked for progress does not get it.
      if (progressToken === undefined) return;
      await mcpReq.notify({ method, params: { ...params, progressToken } });
    } else if (method === "notifications/message") {
      // Minds the level that the client has asked for.
      await mcpReq.log(params.level as LoggingLevel, params.data, params.logger as string | undefined);
    } else {
      await mcpReq.notify({ method, params });
    }
  };
  const ask = async (
    { method, params }: McpRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<McpResult> => {
    const needed = NEEDED[method];
    if (needed === undefined || capabilities?.[needed] === undefined) {
      throw Object.assign(new Error("the client cannot do this"), { code: -32601 });
    }
    return mcpReq.send({ method, params: { ...params } }, anyObject, { signal, timeout: ASK_TIMEOUT_MS });
  };
  return isModern ? { notify } : { notify, ask };
}
