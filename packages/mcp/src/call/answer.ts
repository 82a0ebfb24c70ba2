import { isJsonObject } from "../protocol/is-json-object.js";
import { McpError } from "../protocol/mcp-error.js";
import type { McpRequest, McpResult, UpstreamContext } from "../protocol/messages.js";
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
    const asked = upstream(server, request, { signal, onNotification, onRequest });
    const result: unknown = await untilAborted(signal, asked);
    if (isJsonObject(result)) return { result };
  } catch (cause) {
    signal.throwIfAborted();
    const error = errorOf(cause);
    if (error !== undefined) return { error };
    throw McpError.of(
      "upstreamFailed",
      "The server could not be reached, or has not answered. Whether it has carried the request out is unknown.",
      {},
      { cause },
    );
  }
  throw McpError.of("upstreamFailed", "The server has answered what is no result.", { isExecuted: true });
}

/** The error that a server has answered with, as opposed to one of the way to it. */
function errorOf(error: unknown): McpError | undefined {
  if (!isJsonObject(error)) return undefined;
  const { code, message, data } = error;
  if (!Number.isSafeInteger(code) || typeof message !== "string") return undefined;
  return new McpError(code as number, message, data);
}
