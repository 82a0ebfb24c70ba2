import { isJsonObject } from "../protocol/is-json-object.js";
import { McpError } from "../protocol/mcp-error.js";
import type { McpNotification, McpRequest, McpResult } from "../protocol/messages.js";
import { checkParams } from "../protocol/request-params.js";
import { notificationKind } from "../protocol/server-messages.js";
import { answerOf } from "./answer.js";
import { decide } from "./decide.js";
import { admit, type CallContext } from "./guarded-call.js";
import { Relay, type RelayJudge } from "./relay.js";
import { subscriptionSubject } from "./subject.js";
import { Subscriptions } from "./subscriptions.js";

/** What a client wants to hear, by the flag that says so. */
const SIGNALS: Readonly<Record<string, string>> = {
  toolsListChanged: "notifications/tools/list_changed",
  promptsListChanged: "notifications/prompts/list_changed",
  resourcesListChanged: "notifications/resources/list_changed",
};

/** The end of a stream. */
const COMPLETE: McpResult = Object.freeze({ resultType: "complete" });

/** What a stream of changes is about. */
interface Filter {
  readonly signals: readonly string[];
  readonly uris: readonly string[];
}

/** A stream of changes that an agent may open. */
export interface ListenRequest {
  readonly request: McpRequest;
  readonly judge: RelayJudge;
}

/** Decides whether a client may listen (2026-07-28): to resources only if it may read them. Throws a refusal. */
export async function judgeListen(
  context: CallContext,
  { method, params }: McpRequest,
): Promise<ListenRequest> {
  const { on, monitor } = context;
  const checked = checkParams(params, ["notifications"], false);
  const filter = readFilter(checked.params.notifications);
  const subscriptions = new Subscriptions();
  for (const uri of new Set(filter.uris)) {
    const release = subscriptions.reserve();
    if (!on.server.understands("resources/read") || release === undefined) {
      throw McpError.of(
        "invalidParams",
        "No guard of this server judges resources, or there are too many of them.",
      );
    }
    const admitted = await admit(context, subscriptionSubject(on, uri), false);
    subscriptions.add(uri, { monitor, admitted });
    release();
  }
  return {
    request: { method, params: checked.params },
    judge: new ListenJudge(context, filter, subscriptions),
  };
}

/** Listens until the stream ends. The client hears nothing in the server's own words. */
export async function listen(context: CallContext, { request, judge }: ListenRequest): Promise<McpResult> {
  const { on, exchange, ending } = context;
  const relay = new Relay(context, judge, request);
  const signal = AbortSignal.any([exchange.signal, ending]);
  try {
    const { error } = await answerOf({ ...exchange, signal }, on.server.name, relay.request, relay);
    if (error !== undefined) {
      throw McpError.of("upstreamFailed", "The server has refused the stream of changes.");
    }
    return COMPLETE;
  } catch (error) {
    // Clients open another one, which is judged anew.
    if (error === ending.reason) return COMPLETE;
    throw error;
  } finally {
    await relay.close();
  }
}

class ListenJudge implements RelayJudge {
  readonly #context: CallContext;
  readonly #filter: Filter;
  readonly #subscriptions: Subscriptions;

  constructor(context: CallContext, filter: Filter, subscriptions: Subscriptions) {
    this.#context = context;
    this.#filter = filter;
    this.#subscriptions = subscriptions;
  }

  async notification({ method, params = {} }: McpNotification): Promise<McpNotification | undefined> {
    const { signals } = this.#filter;
    if (notificationKind(method) === "signal") return signals.includes(method) ? { method } : undefined;
    if (method === "notifications/subscriptions/acknowledged") {
      return { method, params: { notifications: this.#acknowledged(params.notifications) } };
    }
    if (method !== "notifications/resources/updated" || typeof params.uri !== "string") return undefined;
    const { uri } = params;
    const mayHear = await decide(this.#context, { phase: "notification", isExecuted: false }, () =>
      this.#subscriptions.mayHear(uri),
    ).catch(() => false);
    return mayHear === true ? { method, params: { uri } } : undefined;
  }

  async question(): Promise<void> {
    throw McpError.of("methodNotFound", "A stream of changes asks nothing.");
  }

  /** What of the client's own wishes the server grants: no word of this is the server's. */
  #acknowledged(granted: unknown): Record<string, unknown> {
    if (!isJsonObject(granted)) return {};
    const { signals, uris } = this.#filter;
    const flags = Object.entries(SIGNALS).filter(
      ([flag, method]) => granted[flag] === true && signals.includes(method),
    );
    const { resourceSubscriptions } = granted;
    const resources = Array.isArray(resourceSubscriptions)
      ? { resourceSubscriptions: uris.filter((uri) => resourceSubscriptions.includes(uri)) }
      : {};
    return { ...Object.fromEntries(flags.map(([flag]) => [flag, true])), ...resources };
  }
}

/** Reads what a client wants to hear. Throws an McpError `invalidParams`. */
function readFilter(notifications: unknown): Filter {
  if (!isJsonObject(notifications))
    throw McpError.of("invalidParams", "The notifications to listen for are missing.");
  const { resourceSubscriptions: uris = [], ...flags } = notifications;
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === "string")) {
    throw McpError.of("invalidParams", "resourceSubscriptions must be a list of URIs.");
  }
  const unknown = Object.keys(flags).find((flag) => !Object.hasOwn(SIGNALS, flag));
  if (unknown !== undefined) {
    throw McpError.of("invalidParams", `The notifications ${JSON.stringify(unknown)} are not let through.`);
  }
  const signals = Object.entries(SIGNALS).flatMap(([flag, method]) => (flags[flag] === true ? [method] : []));
  return { signals, uris };
}
