import type { McpNotification, McpRequest, McpResult, UpstreamContext } from "@guardhost/mcp";
import { RequestsInFlight } from "@guardhost/mcp/sdk";
import { Client } from "@modelcontextprotocol/client";
import { implementation } from "../implementation.js";
import { anyObject } from "../mcp/any-object.js";
import { ANSWER_TIMEOUT_MS, type EraQuestion } from "./era-question.js";
import type { ServerTransport } from "./transports.js";

/** What servers have lists of, that change. */
const LISTS = ["tools", "prompts", "resources"] as const;

/** Told what concerns all that use a server. */
export interface ServerEvents {
  /** A list has changed, or a resource. */
  onChange(notification: McpNotification): void;
  onClose(): void;
}

/** One connection to one server, in whichever era of MCP it speaks. Raw: nothing here is guarded. */
export class ServerClient {
  readonly #client: Client;
  readonly #inFlight = new RequestsInFlight();
  readonly #events: ServerEvents;

  constructor(events: ServerEvents, question: EraQuestion) {
    this.#events = events;
    this.#client = new Client(implementation, {
      // What the clients of the gateway may be able to; one that is not says so when it is asked.
      capabilities: { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } },
      versionNegotiation:
        question === "none"
          ? { mode: "legacy" }
          : { mode: "auto", probe: { timeoutMs: ANSWER_TIMEOUT_MS[question] } },
      // A client of the gateway answers, and repeats the request itself.
      inputRequired: { autoFulfill: false },
      // In the newer era they come only to those who ask for them.
      listChanged: Object.fromEntries(
        LISTS.map((list) => [
          list,
          {
            autoRefresh: false,
            debounceMs: 0,
            onChanged: () => events.onChange({ method: `notifications/${list}/list_changed` }),
          },
        ]),
      ),
    });
    this.#client.fallbackRequestHandler = async ({ method, params }) => this.#ask({ method, params });
    this.#client.fallbackNotificationHandler = async (notification) => this.#onNotification(notification);
    this.#client.onclose = () => events.onClose();
    // What fails is told to whoever waits for it.
    this.#client.onerror = () => undefined;
  }

  /** What the server says it can do; undefined before it is connected. */
  get capabilities(): Readonly<Record<string, unknown>> | undefined {
    return this.#client.getServerCapabilities();
  }

  get pending(): number {
    return this.#inFlight.size;
  }

  connect({ transport }: ServerTransport, signal: AbortSignal): Promise<void> {
    return this.#client.connect(transport, { signal });
  }

  /** Sends a request. Rejects as the SDK does. */
  request({ method, params }: McpRequest, context: UpstreamContext, timeoutMs: number): Promise<McpResult> {
    const { signal, onNotification } = context;
    return this.#inFlight.during(context, () =>
      this.#client.request({ method, params: withoutToken(params) }, anyObject, {
        signal,
        timeout: timeoutMs,
        maxTotalTimeout: timeoutMs,
        allowInputRequired: true,
        onprogress: (progress) =>
          onNotification({ method: "notifications/progress", params: { ...progress } }),
      }),
    );
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #onNotification({ method, params }: McpNotification): void {
    if (method === "notifications/resources/updated") this.#events.onChange({ method, params });
    else this.#inFlight.only?.onNotification({ method, params });
  }

  #ask(request: McpRequest): Promise<McpResult> {
    const { only } = this.#inFlight;
    if (only !== undefined) return only.onRequest(request);
    throw new Error("the request cannot be told to belong to one call, so nobody answers it");
  }
}

/** Parameters without the token by which the client of the gateway, and nobody else, knows progress. */
function withoutToken(params: McpRequest["params"] = {}): Record<string, unknown> {
  const { _meta, ...others } = params;
  if (typeof _meta !== "object" || _meta === null) return others;
  const { progressToken: _, ...meta } = _meta as Record<string, unknown>;
  return Object.keys(meta).length === 0 ? others : { ...others, _meta: meta };
}
