import type { McpError } from "./mcp-error.js";
import type { McpResult } from "./messages.js";

/** Where a refused tool result tells programs why: `code` is that of the error which other requests would get. */
export const ERROR_META_KEY = "guardhost/error";

/** A refusal as the result of a tool: an error that the agent reads, not one of the protocol (W52). */
export function refusedToolResult({ code, message, data }: McpError): McpResult {
  return {
    content: [{ type: "text", text: message }],
    isError: true,
    _meta: { [ERROR_META_KEY]: { code, ...(data as object) } },
  };
}
