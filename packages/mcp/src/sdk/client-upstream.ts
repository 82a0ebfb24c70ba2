import { McpError } from "../protocol/mcp-error.js";
import type { McpNotification, McpRequest, McpResult, UpstreamContext } from "../protocol/messages.js";
import { RequestsInFlight } from "./requests-in-flight.js";
import { anyResult, type SdkClient, toSdk } from "./sdk-types.js";

/** Settings of a {@link ClientUpstream}. */
export interface ClientUpstreamOptions {
  /** Milliseconds until a request fails unless it makes progress; more than 0. The SDK's own unless given. */
  readonly timeoutMs?: number | undefined;
  /** Gets what the server says outside of any request. */
  readonly onNotification?: ((notification: McpNotification) => void) | undefined;
}

/**
 * A server behind a client of the SDK, that no other agent shares. Takes over the client's fallback handlers.
 *
 * Over many transports, nothing tells to which request a question or a line of a log belongs. It belongs to the only one
 * that is at work; if there are several, or none, questions are refused, and lines are outside of any request. A request that
 * ends without an answer, as by an abort, counts as at work for good: its server may go on with it, and what it says then
 * would pass for another request's. Connect anew to have such messages again.
 */
export class ClientUpstream {
  readonly #client: SdkClient;
  readonly #options: ClientUpstreamOptions;
  readonly #inFlight = new RequestsInFlight();

  constructor(client: SdkClient, options: ClientUpstreamOptions = {}) {
    this.#client = client;
    this.#options = options;
    client.fallbackRequestHandler = (request) => this.#ask(request);
    client.fallbackNotificationHandler = async (notification) => this.#hear(notification);
  }

  /** Sends a request. What an `Upstream` of a session calls for this server. */
  request(request: McpRequest, context: UpstreamContext): Promise<McpResult> {
    return this.#inFlight.during(context, () =>
      this.#client.request(toSdk(request), anyResult, {
        signal: context.signal,
        // What is missing is the agent's to give, not this client's.
        allowInputRequired: true,
        resetTimeoutOnProgress: true,
        ...(this.#options.timeoutMs === undefined ? {} : { timeout: this.#options.timeoutMs }),
        onprogress: (params) => context.onNotification({ method: "notifications/progress", params }),
      }),
    );
  }

  #ask(request: McpRequest): Promise<McpResult> {
    const { only } = this.#inFlight;
    if (only !== undefined) return only.onRequest(request);
    throw McpError.of(
      "methodNotFound",
      "Nobody knows to which request this belongs, so the client cannot be asked.",
    );
  }

  #hear(notification: McpNotification): void {
    const { only } = this.#inFlight;
    if (only !== undefined && notification.method === "notifications/message")
      only.onNotification(notification);
    else this.#options.onNotification?.(notification);
  }
}
