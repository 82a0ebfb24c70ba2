import { McpError } from "../protocol/mcp-error.js";
import type { McpRequest, McpResult, Upstream, UpstreamContext } from "../protocol/messages.js";

/** What belongs to one request of a client: how to reach servers on its behalf, and when to stop. */
export interface Exchange {
  readonly upstream: Upstream;
  readonly signal: AbortSignal;
}

/**
 * Sends a request of the gateway's own, such as a guard's. What the server says meanwhile is nobody's, and neither is an
 * error that it answers with: no agent has asked, so nothing judges its words.
 */
export async function askUpstream(
  { upstream, signal }: Exchange,
  server: string,
  request: McpRequest,
): Promise<McpResult> {
  try {
    return await upstream(server, request, { signal, ...unheard });
  } catch (cause) {
    signal.throwIfAborted();
    const message = "The server does not answer what the gateway has to know for this. Try again later.";
    throw McpError.of("upstreamFailed", message, { isExecuted: false }, { cause });
  }
}

const unheard: Pick<UpstreamContext, "onNotification" | "onRequest"> = {
  onNotification: () => undefined,
  onRequest: () => Promise.reject(new Error("the gateway asks for itself, and answers nothing")),
};
