import type { McpRequest, McpResult, Upstream, UpstreamContext } from "../protocol/messages.js";

/** What belongs to one request of a client: how to reach servers on its behalf, and when to stop. */
export interface Exchange {
  readonly upstream: Upstream;
  readonly signal: AbortSignal;
}

/** Sends a request of the gateway's own, such as a guard's. What the server says meanwhile is nobody's. */
export async function askUpstream(
  { upstream, signal }: Exchange,
  server: string,
  request: McpRequest,
): Promise<McpResult> {
  return upstream(server, request, { signal, ...unheard });
}

const unheard: Pick<UpstreamContext, "onNotification" | "onRequest"> = {
  onNotification: () => undefined,
  onRequest: () => Promise.reject(new Error("the gateway asks for itself, and answers nothing")),
};
