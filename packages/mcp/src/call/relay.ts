import type { RequestRecorder } from "../decision/recorder.js";
import { isJsonObject } from "../protocol/is-json-object.js";
import { McpError } from "../protocol/mcp-error.js";
import type { McpNotification, McpRequest, McpResult } from "../protocol/messages.js";
import { isNotification } from "../protocol/server-messages.js";
import type { Client } from "./client.js";
import type { Exchange } from "./exchange.js";
import { untilAborted } from "./until-aborted.js";

/** Notifications that may wait for their judgement; more are dropped. */
const MAX_WAITING = 1_000;

/** Questions that a server may ask while it answers one request; more are refused. */
const MAX_QUESTIONS = 100;

/** Judges what a server says and asks while it answers a request. */
export interface RelayJudge {
  /** What of a notification is passed on; undefined for nothing. Never rejects. */
  notification(notification: McpNotification): Promise<McpNotification | undefined>;
  /** Rejects with an McpError for the server if the client may not be asked this. */
  question(request: McpRequest): Promise<void>;
}

/** Where a relay leads. */
export interface RelayContext {
  readonly exchange: Exchange;
  readonly client: Client;
  readonly recorder: RequestRecorder;
}

/** Passes on what a server says and asks while it answers a request, as far as it is let through. */
export class Relay {
  readonly #context: RelayContext;
  readonly #judge: RelayJudge;
  /** The request as the server gets it: with a token of the gateway's own if the client wants to hear of progress. */
  readonly request: McpRequest;
  readonly #progressToken: unknown;
  #waiting = 0;
  #questions = 0;
  #tail: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param request the client's, whose token progress carries on its way back */
  constructor(context: RelayContext, judge: RelayJudge, request: McpRequest) {
    this.#context = context;
    this.#judge = judge;
    const meta = request.params?._meta;
    this.#progressToken = isJsonObject(meta) ? meta.progressToken : undefined;
    this.request = this.#progressToken === undefined ? request : withToken(request);
  }

  /** Takes a notification. They are passed on one after the other, in their order; what is none is dropped. */
  readonly onNotification = (notification: McpNotification): void => {
    if (this.#isClosed || this.#waiting >= MAX_WAITING || !isNotification(notification)) return;
    this.#waiting++;
    this.#tail = this.#tail.then(() => this.#pass(notification)).finally(() => this.#waiting--);
  };

  /** Takes a question, and resolves with the client's answer. Rejects with an McpError that is made for the server. */
  readonly onRequest = async (request: McpRequest): Promise<McpResult> => {
    if (request.method === "ping") return {};
    const { client, exchange } = this.#context;
    const { ask } = client;
    if (this.#isClosed || ask === undefined)
      throw McpError.of("methodNotFound", "The client cannot be asked.");
    this.#questions++;
    if (this.#questions > MAX_QUESTIONS) {
      throw McpError.of("unavailable", "The server has asked too much about one request.");
    }
    const { signal } = exchange;
    await this.#judge.question(request);
    const [answer] = await Promise.allSettled([untilAborted(signal, ask(request, { signal }))]);
    // The agent may have learnt something while it thought, and a refusal has words as well.
    await this.#judge.question(request);
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  };

  /** Takes nothing more, and resolves when what was taken has been passed on. Rejects with the reason of an abort. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await untilAborted(this.#context.exchange.signal, this.#tail);
  }

  async #pass(notification: McpNotification): Promise<void> {
    const { client, recorder } = this.#context;
    const { notify } = client;
    const own = this.#withOwnToken(notification);
    if (notify === undefined || own === undefined) return;
    const passed = await this.#judge.notification(own);
    if (passed === undefined) return;
    try {
      await notify(passed);
    } catch (error) {
      recorder.failedToNotify(error);
    }
  }

  /** Progress is of this request, whatever token the server names, and of none if the client wants to hear of none. */
  #withOwnToken(notification: McpNotification): McpNotification | undefined {
    if (notification.method !== "notifications/progress") return notification;
    const progressToken = this.#progressToken;
    if (progressToken === undefined) return undefined;
    return { ...notification, params: { ...notification.params, progressToken } };
  }
}

let lastToken = 0;

/** The client's own token may be anything, and so a message to the server. */
function withToken({ method, params }: McpRequest): McpRequest {
  lastToken++;
  return { method, params: { ...params, _meta: { ...(params?._meta as object), progressToken: lastToken } } };
}
