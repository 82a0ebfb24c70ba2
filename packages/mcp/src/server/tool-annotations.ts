import { askUpstream, type Exchange } from "../call/exchange.js";
import { isJsonObject } from "../protocol/is-json-object.js";

/** Pages of tools that are looked through. */
const MAX_PAGES = 20;

/**
 * Whether a server lists a tool as one that only reads, and nothing of the open world. Asked anew each time: a list is
 * another one for another user, and may have changed.
 */
export async function isToolReadOnly(exchange: Exchange, server: string, tool: string): Promise<boolean> {
  let cursor: unknown;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const list: unknown = await askUpstream(exchange, server, { method: "tools/list", params });
    if (!isJsonObject(list)) return false;
    const { tools, nextCursor } = list;
    if (!Array.isArray(tools)) return false;
    const definition: unknown = tools.find((entry) => entry?.name === tool);
    if (definition !== undefined) return saysReadOnly(definition);
    if (typeof nextCursor !== "string") return false;
    cursor = nextCursor;
  }
  return false;
}

/** A hint that is left out says the worst, as MCP has it: that a tool writes, and reaches the open world. */
function saysReadOnly(definition: unknown): boolean {
  const { annotations } = definition as { readonly annotations?: Readonly<Record<string, unknown>> };
  return annotations?.readOnlyHint === true && annotations.openWorldHint === false;
}
