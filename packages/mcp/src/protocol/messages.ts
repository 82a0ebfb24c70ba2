/** A request of MCP, without the frame of JSON-RPC. */
export interface McpRequest {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** A notification of MCP, without the frame of JSON-RPC. */
export interface McpNotification {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** What answers a request. Not readonly, as the types of MCP's SDKs are not. */
export type McpResult = Record<string, unknown>;

/** What a request is sent to its server with. */
export interface UpstreamContext {
  /** Aborts the request: tell the server so. */
  readonly signal: AbortSignal;
  /** Takes what the server notifies the client of while it answers: progress and log messages of this request. */
  readonly onNotification: (notification: McpNotification) => void;
  /** Takes what the server asks of the client while it answers: sampling, elicitation, roots. */
  readonly onRequest: (request: McpRequest) => Promise<McpResult>;
}

/**
 * Sends a request to a server and resolves with its result. `initialize` and `server/discover` come without parameters: the
 * answer is what the connection to the server has been told. A progress token is the gateway's own, for connections that
 * are not shared with requests of others. Rejects with an error that has a number as its `code` and a `message` where the
 * server has answered with an error; with one whose `isExecuted` is false where the server has certainly not got the request,
 * so that agents are told that they can repeat it; and with anything else where nobody knows.
 */
export type Upstream = (
  server: string,
  request: McpRequest,
  context: UpstreamContext,
) => Promise<Readonly<Record<string, unknown>>>;
