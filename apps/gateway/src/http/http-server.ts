import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { GatewayConfig } from "../config/gateway-config.js";
import type { Logger } from "../telemetry/logger.js";
import type { Counter, Metrics } from "../telemetry/metrics.js";
import { answerError } from "./answers.js";
import type { Keys, Principal } from "./keys.js";
import { OpenRequests } from "./open-requests.js";
import { Refusals } from "./refusals.js";
import { createRequestCheck, type RequestCheck } from "./request-checks.js";
import type { Route, Routes } from "./routes.js";
import { StalledResponses } from "./stalled-responses.js";

/** Milliseconds for a client to send its headers, and all of a request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** How often Node looks whether they have. */
const CHECK_INTERVAL_MS = 5_000;

/** Milliseconds after which the operating system asks a silent client whether it is there. */
const PROBE_AFTER_MS = 30_000;

/** Milliseconds without progress after which a client counts as one that does not read. */
const PATIENCE_MS = 30_000;

/** Connections at the same time, of whoever it is. */
const MAX_CONNECTIONS = 10_000;

/** Milliseconds that an idle connection is kept: under load, a new one has to wait for its turn to be accepted. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** What clients are told of that. Less, as a call is lost that is sent on a connection while that is closed. */
const KEEP_ALIVE = "timeout=55";

/** What {@link HttpServer} needs. */
export interface HttpServerOptions {
  readonly config: GatewayConfig;
  readonly routes: Routes;
  /** Undefined where everybody may connect, as `config.principal`. */
  readonly keys: Keys | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Streams of notifications that a principal may have open at the same time: one for each of its sessions. */
  readonly maxStreamsPerPrincipal: number;
  /** Milliseconds without progress after which a client counts as one that does not read; 30,000 unless given. */
  readonly patienceMs?: number | undefined;
}

/** Listens, checks who asks for what, and hands requests to routes. What a route throws fails its own request only. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #mayEnter: RequestCheck;
  readonly #open: OpenRequests;
  /** Apart from others: they stay for as long as their sessions, and must leave room for calls. */
  readonly #openStreams: OpenRequests;
  readonly #stalled: StalledResponses;
  readonly #refusals: Refusals;
  readonly #responses: Counter;
  #keys: Keys | undefined;
  /** Ends what is open by keys that are gone. */
  readonly #cuttingOff = new Set<NodeJS.Timeout>();
  /** Requests that somebody waits for. Streams of notifications are not among them. */
  #waiting = 0;
  #onAnswered: (() => void) | undefined;
  #isEnding = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#keys = options.keys;
    this.#refusals = new Refusals(options.logger);
    this.#responses = options.metrics.counter(
      "guardhost.gateway.responses",
      "Responses over HTTP, by status",
    );
    this.#mayEnter = createRequestCheck(options.config);
    this.#stalled = new StalledResponses(options.patienceMs ?? PATIENCE_MS);
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
        // A client that is gone without a word would keep its session for ever.
        keepAlive: true,
        keepAliveInitialDelay: PROBE_AFTER_MS,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on("drop", (connection) => this.#refusals.dropped(connection?.remoteAddress));
    const { maxSessionsPerPrincipal, maxConcurrentCallsPerPrincipal } = options.config;
    // Without sessions, what a client listens to is a request like others.
    this.#open = new OpenRequests(maxSessionsPerPrincipal + maxConcurrentCallsPerPrincipal);
    this.#openStreams = new OpenRequests(options.maxStreamsPerPrincipal);
  }

  /** Listens. Resolves with the address; rejects when that is not possible. */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options.config;
    this.#server.listen(port, host);
    try {
      await once(this.#server, "listening");
    } catch (cause) {
      throw new Error(`${(cause as Error).message}; "gateway.host" and "gateway.port" say where to listen`, {
        cause,
      });
    }
    return this.#server.address() as AddressInfo;
  }

  /**
   * Lets in by other keys from now on. What is open by one that is not valid any more, or is another's, is cut off unless it ends
   * by itself.
   *
   * @param graceMs milliseconds for that
   */
  replaceKeys(keys: Keys | undefined, graceMs: number): void {
    this.#keys = keys;
    for (const cutOff of this.#cuttingOff) clearTimeout(cutOff);
    this.#cuttingOff.clear();
    for (const [principal, { request, response }] of [...this.#open, ...this.#openStreams]) {
      if (this.#principalOf(request)?.name === principal) continue;
      this.#cuttingOff.add(setTimeout(() => response.destroy(), graceMs).unref());
    }
  }

  /** Takes no new connections, and refuses new requests. Resolves when those that wait have their answers. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    this.#server.close();
    this.#server.closeIdleConnections();
    if (this.#waiting === 0) return;
    await new Promise<void>((resolve) => {
      this.#onAnswered = resolve;
    });
  }

  /** Ends what is left. */
  close(): void {
    this.#stalled.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#stalled.watch(response);
    response.once("finish", () => this.#record(request, response));
    response.setHeader("keep-alive", KEEP_ALIVE);
    const isWaiting = request.method !== "GET";
    if (isWaiting) {
      this.#waiting++;
      response.once("close", () => {
        this.#waiting--;
        if (this.#waiting === 0) this.#onAnswered?.();
      });
    }
    try {
      await this.#route(request, response);
    } catch (error) {
      this.#options.logger.error({ error: (error as Error)?.name }, "a request could not be answered");
      if (response.headersSent) response.destroy();
      else answerError(response, 500, "The gateway could not answer this request.");
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#mayEnter(request, response)) return;
    const [path = "/"] = (request.url ?? "/").split("?");
    const found = this.#options.routes.find(path);
    if (found === undefined) return answerError(response, 404, "There is nothing here.");
    const { route, params } = found;
    if (!route.methods.includes(request.method ?? "")) {
      response.setHeader("allow", route.methods.join(", "));
      return answerError(response, 405, "This is not done here.");
    }
    if (this.#isEnding && route.access !== "open") {
      response.setHeader("retry-after", "1");
      response.setHeader("connection", "close");
      return answerError(response, 503, "The gateway is ending.");
    }
    const principal = this.#principalOf(request);
    if (!isAllowed(route, principal)) {
      if (principal !== undefined) return answerError(response, 403, "This needs a key with admin rights.");
      response.setHeader("www-authenticate", "Bearer");
      return answerError(response, 401, "This needs a key, in Authorization: Bearer or in X-API-Key.");
    }
    const open = request.method === "GET" ? this.#openStreams : this.#open;
    if (
      route.access !== "open" &&
      principal !== undefined &&
      !open.add(principal.name, { request, response })
    ) {
      return answerError(response, 429, "You have too many requests open. End one, or try again later.");
    }
    await route.handle({ request, response, principal, params });
  }

  #principalOf({ headers }: IncomingMessage): Principal | undefined {
    // Nobody has proven to be an administrator.
    return this.#keys === undefined
      ? { name: this.#options.config.principal, isAdmin: false }
      : this.#keys.authenticate(headers);
  }

  #record(request: IncomingMessage, { statusCode }: ServerResponse): void {
    this.#responses.add(1, { status: String(statusCode) });
    if (statusCode < 400) return;
    const address = request.socket.remoteAddress;
    this.#refusals.answered(statusCode, { address, principal: this.#principalOf(request)?.name });
  }
}

function isAllowed({ access }: Route, principal: Principal | undefined): boolean {
  return access === "open" || (principal !== undefined && (access === "principal" || principal.isAdmin));
}
