import { isJsonObject } from "../json/json.js";
import type { ResultFormat } from "../response/documents.js";

/** A tool result with a text block that holds `notice` behind its content. Other results stay as they are. */
export function withNotice(result: unknown, notice: string, format: ResultFormat): unknown {
  if (format !== "tool-result" || !isJsonObject(result)) return result;
  const { content = [] } = result;
  return Array.isArray(content)
    ? { ...result, content: [...content, { type: "text", text: notice }] }
    : result;
}
