import { isJsonObject } from "../protocol/is-json-object.js";
import type { GuardedServer } from "../server/guarded-server.js";

/** Names as MCP recommends them for tools. Whatever else a server lists as one may be data. */
const TOOL_NAME = /^[A-Za-z0-9_./-]{1,128}$/;

/** Names of one server that are labels at most: each is a series of its own in metrics. */
const MAX_LISTED = 1_000;

/** A tool's name that is fit for logs and metrics, or that it is none. Only {@link ToolLabels} makes them. */
export type ToolLabel = string & { readonly [brand]: true };
declare const brand: unique symbol;

const UNLISTED = "(unlisted tool)" as ToolLabel;

/**
 * The names of tools for logs, records and metrics. Agents may call tools by any name, and so a name may be data, or one of very
 * many: only those that the operator has named, or the server has listed, are labels. Everything else has one label.
 */
export class ToolLabels {
  readonly #listed = new Map<string, Set<string>>();

  /** Remembers the tools in a server's answer to `tools/list`: the first thousand of each server, for good. */
  note(server: string, { tools }: Readonly<Record<string, unknown>>): void {
    if (!Array.isArray(tools)) return;
    const listed = this.#listed.get(server) ?? new Set();
    this.#listed.set(server, listed);
    for (const tool of tools) {
      if (listed.size >= MAX_LISTED) return;
      if (isJsonObject(tool) && typeof tool.name === "string" && TOOL_NAME.test(tool.name))
        listed.add(tool.name);
    }
  }

  /** The label of a tool. */
  of({ name, readOnlyTools, toolCallLimits }: GuardedServer, tool: string): ToolLabel {
    const isNamed = readOnlyTools.has(tool) || toolCallLimits.has(tool);
    return isNamed || this.#listed.get(name)?.has(tool) ? (tool as ToolLabel) : UNLISTED;
  }
}
