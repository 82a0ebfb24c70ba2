import { McpError } from "../protocol/mcp-error.js";

/** How often an agent has called the tools of a server whose policy limits that. */
export class ToolCalls {
  readonly #limits: ReadonlyMap<string, number>;
  readonly #counts = new Map<string, number>();

  /** @param limits calls per tool */
  constructor(limits: ReadonlyMap<string, number>) {
    this.#limits = limits;
  }

  /** Counts a call, before it is made. Throws an McpError `denied` for one too many, and does not count that. */
  count(tool: string): void {
    const limit = this.#limits.get(tool);
    if (limit === undefined) return;
    const count = this.#counts.get(tool) ?? 0;
    if (count >= limit) {
      throw McpError.of(
        "denied",
        `The policy lets this agent call this tool ${limit} times, which it has done.`,
      );
    }
    this.#counts.set(tool, count + 1);
  }
}
