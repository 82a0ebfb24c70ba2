import { isJsonObject } from "./is-json-object.js";
import type { McpResult } from "./messages.js";

/**
 * A list of tools that promises no shape of their results: clients refuse results that break such a promise, and one of which
 * parts are withheld can.
 */
export function withoutOutputSchemas(result: McpResult): McpResult {
  const { tools } = result;
  if (!Array.isArray(tools)) return result;
  return { ...result, tools: tools.map(withoutOutputSchema) };
}

function withoutOutputSchema(tool: unknown): unknown {
  if (!isJsonObject(tool)) return tool;
  const { outputSchema, ...others } = tool;
  return others;
}
