import { assertKnownOptions, assertSignal, onAbort } from "@guardhost/core";
import type { Agent, AgentOnServer } from "./agent/agent.js";
import { CallStore } from "./call/call-store.js";
import type { Client } from "./call/client.js";
import type { Exchange } from "./call/exchange.js";
import { Refusal } from "./call/refusal.js";
import { runRequest } from "./call/run-request.js";
import { untilAborted } from "./call/until-aborted.js";
import { RequestRecorder } from "./decision/recorder.js";
import { McpError } from "./protocol/mcp-error.js";
import type { McpNotification, McpRequest, McpResult, Upstream } from "./protocol/messages.js";
import { methodLabel } from "./protocol/methods.js";
import { isClientSignal, isNotification, notificationKind } from "./protocol/server-messages.js";
import { refusedToolResult } from "./protocol/tool-result.js";
import { createMonitor, type Shared } from "./shared.js";

/** How a request is made, beside what is asked. */
export interface HandleOptions extends Client {
  /** Aborts the request, its guard and its server included; it rejects with `signal.reason` then. */
  readonly signal?: AbortSignal | undefined;
}

const HANDLE_OPTIONS: Record<keyof HandleOptions, true> = { signal: true, notify: true, ask: true };

/** The requests of one agent. */
export class McpSession {
  readonly #shared: () => Shared;
  readonly #key: string;
  readonly #principal: string;
  readonly #upstream: Upstream;

  constructor(shared: () => Shared, key: string, principal: string, upstream: Upstream) {
    this.#shared = shared;
    this.#key = key;
    this.#principal = principal;
    this.#upstream = upstream;
  }

  /**
   * Answers a request of the agent's client to a server.
   *
   * Resolves with what the client gets: for `tools/call` that is also a result with `isError` which says why there is no other.
   * Rejects with an McpError to answer other requests with, with `signal.reason`, or with a TypeError for options that do not exist.
   */
  async handle(server: string, request: McpRequest, options: HandleOptions = {}): Promise<McpResult> {
    const shared = this.#shared();
    assertKnownOptions("handle", options, HANDLE_OPTIONS);
    assertSignal(options.signal);
    const { signal = new AbortController().signal, ...client } = options;
    signal.throwIfAborted();
    // The client's own reason may be anything, and so a message to the server.
    const cancellation = new AbortController();
    const endListening = onAbort(signal, () =>
      cancellation.abort(new Error("the client has cancelled the request")),
    );
    const handled = shared.agents.use(this.#key, this.#principal, async (agent) => {
      const on = agent.on(server);
      if (on === undefined)
        throw McpError.of("invalidParams", `There is no server ${JSON.stringify(server)}.`);
      try {
        return await this.#handle(shared, agent, on, request, {
          exchange: { upstream: this.#upstream, signal: cancellation.signal },
          client,
        });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        // What is no call at all is an error of the protocol.
        if (request.method === "tools/call" && error.isVerdict) return refusedToolResult(error.error);
        throw error.error;
      }
    });
    try {
      // A store that does not answer ends no abort.
      return await untilAborted(signal, handled);
    } finally {
      endListening();
    }
  }

  /** What of a client's notification goes to the server; undefined for nothing. In an audit, all of it. */
  fromClient(notification: McpNotification): McpNotification | undefined {
    if (!this.#shared().isEnforced) return notification;
    const { method } = notification;
    return isClientSignal(method) ? { method } : undefined;
  }

  /**
   * What of a server's notification outside of any request goes to the client; undefined for nothing. Signals do, without
   * their parameters, and changes of resources that the agent has subscribed to and may read.
   * In an audit, all of it does. Never rejects.
   */
  async fromServer(server: string, notification: McpNotification): Promise<McpNotification | undefined> {
    const { agents, logger, isEnforced } = this.#shared();
    if (!isEnforced) return notification;
    if (!isNotification(notification)) return undefined;
    const { method, params = {} } = notification;
    if (notificationKind(method) === "signal") return { method };
    const { uri } = params;
    if (method !== "notifications/resources/updated" || typeof uri !== "string") return undefined;
    try {
      const mayHear = await agents.at(this.#key)?.on(server)?.subscriptions.mayHear(uri);
      return mayHear === true ? { method, params: { uri } } : undefined;
    } catch {
      logger.warn(
        { server },
        "a notification was dropped, because the labels of its agent cannot be reached",
      );
      return undefined;
    }
  }

  #handle(
    shared: Shared,
    agent: Agent,
    on: AgentOnServer,
    request: McpRequest,
    { exchange, client }: { readonly exchange: Exchange; readonly client: Client },
  ): Promise<McpResult> {
    const { server } = on;
    const store = new CallStore(shared.store);
    const name = request.method === "tools/call" ? request.params?.name : undefined;
    const recorder = new RequestRecorder(
      shared,
      {
        agent: agent.id,
        server: server.name,
        engine: server.engine,
        method: methodLabel(request.method),
        tool: typeof name === "string" ? shared.toolLabels.of(server, name) : undefined,
      },
      () => store.met,
    );
    const { isEnforced, agents, toolLabels } = shared;
    const { ending } = agents;
    const monitor = createMonitor(shared, store);
    const context = { agent, on, monitor, exchange, client, recorder, ending, isEnforced, toolLabels };
    return recorder.span("request", () => runRequest(context, request));
  }
}
