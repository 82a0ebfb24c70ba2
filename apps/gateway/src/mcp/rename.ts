import type { McpResult } from "@guardhost/mcp";
import { joinName, joinUri } from "./tool-names.js";

type Item = Readonly<Record<string, unknown>>;

/** An item of a server's list, under the names that clients of several servers know it by. */
export function renameItem(server: string, item: Item): Item {
  if (typeof item.uri === "string") return { ...item, uri: joinUri({ server, name: item.uri }) };
  if (typeof item.uriTemplate === "string") {
    return { ...item, uriTemplate: joinUri({ server, name: item.uriTemplate }) };
  }
  return { ...item, name: joinName({ server, name: String(item.name) }) };
}

/** A server's result with the URIs of resources in it, by which a client would ask for them, renamed as well. */
export function renameContent(server: string, result: McpResult): McpResult {
  const renamed = { ...result };
  for (const key of ["content", "contents"]) {
    if (Array.isArray(result[key])) renamed[key] = result[key].map((block) => renameBlock(server, block));
  }
  if (Array.isArray(result.messages)) {
    renamed.messages = result.messages.map((message) =>
      isItem(message) ? { ...message, content: renameBlock(server, message.content) } : message,
    );
  }
  return renamed;
}

function renameBlock(server: string, block: unknown): unknown {
  if (!isItem(block)) return block;
  if (isItem(block.resource)) return { ...block, resource: renameBlock(server, block.resource) };
  return typeof block.uri === "string" ? { ...block, uri: joinUri({ server, name: block.uri }) } : block;
}

function isItem(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
