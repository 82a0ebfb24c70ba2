import type { HandleOptions, McpRequest, McpResult, McpSession } from "@guardhost/mcp";

/** For whom a request is handled. */
export interface Caller {
  /** By the name that authentication has established. */
  readonly principal: string;
  /** Decides what the agent may do, and reaches servers for it. */
  readonly session: McpSession;
  /** Whose connections to servers are used. */
  readonly owner: string;
}

/** What clients see as one server. */
export interface Target {
  /** Names of the servers that it is made of. */
  readonly servers: readonly string[];
  /** What to announce to a client. */
  capabilities(caller: Caller): Promise<Record<string, object>>;
  /** Answers a request, or rejects with an error that has `code`, `message` and `data`. */
  handle(caller: Caller, request: McpRequest, options: HandleOptions): Promise<McpResult>;
  /** How clients know a resource of a server. */
  uriOf(server: string, uri: string): string;
}
