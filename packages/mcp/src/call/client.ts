import type { McpNotification, McpRequest, McpResult } from "../protocol/messages.js";

/** What the client of a request can be told and asked while the request is at work. */
export interface Client {
  /** Passes a notification on. */
  readonly notify?: ((notification: McpNotification) => unknown) | undefined;
  /** Asks the client something, and resolves with what it answers. */
  readonly ask?:
    | ((request: McpRequest, options: { readonly signal: AbortSignal }) => Promise<McpResult>)
    | undefined;
}
