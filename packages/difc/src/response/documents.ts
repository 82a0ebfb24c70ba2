import { equalJson, isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { parseDocument } from "../json/parse-document.js";

/**
 * What a result is: what an MCP tool returns, with documents in its content, or one document as a whole, such as the
 * body of a REST response.
 */
export type ResultFormat = "tool-result" | "document";

/** Where a document stands: in the text block with this index, as structured content, or as the result itself. */
export type Place = number | "structuredContent" | "result";

/** Content blocks that are looked into. Text in those behind them is content like any other. */
const MAX_DOCUMENTS = 100;

/** A JSON document that labels can be about. */
export interface ResultDocument {
  readonly place: Place;
  readonly value: Json;
}

/** The documents of a result: those within it, each text block being one of its own (W12), and the result itself. */
export interface ResultDocuments {
  readonly format: ResultFormat;
  readonly embedded: readonly ResultDocument[];
  /** Of a tool result without its flags, which are no data. */
  readonly outer: ResultDocument;
}

/** Finds the documents of a result. What has not the shape of a tool result is one document. */
export function documentsOf(result: Json, format: ResultFormat): ResultDocuments {
  if (format === "document" || !isJsonObject(result) || !Array.isArray(result.content ?? [])) {
    return { format: "document", embedded: [], outer: { place: "result", value: result } };
  }
  const embedded: ResultDocument[] = [];
  for (const [index, block] of blocksOf(result).slice(0, MAX_DOCUMENTS).entries()) {
    const value = isTextBlock(block) ? parseDocument(block.text) : undefined;
    if (value !== undefined) embedded.push({ place: index, value });
  }
  const structured = result.structuredContent;
  if (structured !== undefined) embedded.push({ place: "structuredContent", value: structured });
  const data = Object.entries(result).filter(([key, value]) => !isFlag(key, value));
  return { format, embedded, outer: { place: "result", value: Object.fromEntries(data) } };
}

/** Whether a result is a document, one content block, or structured content, which the block may say once more. */
export function isOneThing({ format, embedded, outer }: ResultDocuments): boolean {
  if (format === "document") return true;
  const { content = [], structuredContent, ...others } = outer.value as JsonObject;
  const blocks = (content as readonly Json[]).length;
  if (Object.keys(others).length > 0 || blocks > 1) return false;
  if (blocks === 0 || structuredContent === undefined) return true;
  const [text, structured] = embedded;
  return text !== undefined && structured !== undefined && equalJson(text.value, structured.value);
}

/** The content blocks of a tool result. */
export function blocksOf(result: JsonObject): readonly Json[] {
  return (result.content ?? []) as readonly Json[];
}

/** Whether a content block is text. */
export function isTextBlock(block: Json): block is JsonObject & { readonly text: string } {
  return isJsonObject(block) && block.type === "text" && typeof block.text === "string";
}

/** Whether a member of a tool result only says how the result is to be understood. */
export function isFlag(key: string, value: Json): boolean {
  return (key === "isError" && typeof value === "boolean") || (key === "resultType" && value === "complete");
}
