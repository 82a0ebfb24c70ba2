import { isJsonObject } from "../protocol/is-json-object.js";
import { McpError } from "../protocol/mcp-error.js";
import type { McpRequest, McpResult, UpstreamContext } from "../protocol/messages.js";
import { isServerError } from "../protocol/server-error.js";
import type { Exchange } from "./exchange.js";
import { untilAborted } from "./until-aborted.js";

/** What a server has answered: a result, or an error of JSON-RPC. Both are its content. */
export type Answer =
  | { readonly result: McpResult; readonly error?: undefined }
  | { readonly result?: undefined; readonly error: McpError };

/**
 * Sends a request, and resolves with what the server answers. Rejects with the reason of an abort, and with an McpError
 * `upstreamFailed` where there is no answer.
 */
export async function answerOf(
  { upstream, signal }: Exchange,
  server: string,
  request: McpRequest,
  listener: Pick<UpstreamContext, "onNotification" | "onRequest">,
): Promise<Answer> {
  signal.throwIfAborted();
  try {
    const { onNotification, onRequest } = listener;
    const asked = Promise.resolve(upstream(server, request, { signal, onNotification, onRequest }));
    const result: unknown = await untilAborted(signal, asked);
    if (isJsonObject(result)) return { result };
  } catch (cause) {
    signal.throwIfAborted();
    if (isServerError(cause)) return { error: new McpError(cause.code, cause.message, cause.data) };
    if (isJsonObject(cause) && cause.isExecuted === false) {
      const problem = "The server could not be reached. It has not got the request.";
      throw McpError.of("upstreamFailed", problem, { isExecuted: false }, { cause });
    }
    const problem = "The server has not answered. Whether it has carried the request out is unknown.";
    throw McpError.of("upstreamFailed", problem, {}, { cause });
  }
  throw McpError.of("upstreamFailed", "The server has answered what is no result.", { isExecuted: true });
}
