import {
  type HandleRequestOptions,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { DUPLICATE_ID, UnansweredRequests } from "../mcp/unanswered-requests.js";
import { rpcError } from "./rpc-error.js";

/**
 * The SDK's transport of one session, with two things that it leaves to its users: it refuses a request with the id of another
 * that is unanswered, for the answer of which the client would wait for ever; and it ends the stream of a request that was
 * cancelled, which would stay open for as long as the session.
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  readonly #unanswered = new UnansweredRequests();

  override async handleRequest(request: Request, options?: HandleRequestOptions): Promise<Response> {
    if (request.method !== "POST") return super.handleRequest(request, options);
    const parsedBody = await jsonOf(request.clone());
    // The SDK has the words for what is none.
    if (parsedBody === undefined) return super.handleRequest(request, options);
    const messages = Array.isArray(parsedBody) ? parsedBody : [parsedBody];
    if (!this.#unanswered.add(messages)) return rpcError(400, DUPLICATE_ID.code, DUPLICATE_ID.message);
    const response = await super.handleRequest(request, { ...options, parsedBody });
    if (!response.ok) this.#unanswered.remove(messages);
    else await Promise.all(this.#unanswered.cancelled(messages).map((id) => this.#forget(id)));
    return response;
  }

  override async send(...[message, options]: SendParameters): Promise<void> {
    this.#unanswered.answered(message);
    return super.send(message, options);
  }

  /** Ends the stream of a request, and then gives it an answer that goes nowhere, as it is remembered until it has one. */
  async #forget(id: RequestId): Promise<void> {
    this.closeSSEStream(id);
    await super.send({ jsonrpc: "2.0", id, error: { code: -32_600, message: "cancelled" } });
  }
}

type SendParameters = Parameters<WebStandardStreamableHTTPServerTransport["send"]>;

async function jsonOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
