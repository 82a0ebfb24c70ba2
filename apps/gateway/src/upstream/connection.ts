import type { McpRequest, McpResult, UpstreamContext } from "@guardhost/mcp";
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import type { ServerConfig } from "../config/server-config.js";
import type { Logger } from "../telemetry/logger.js";
import { abortable } from "../time/abortable.js";
import { Backoff } from "./backoff.js";
import { type EraQuestion, nextQuestion } from "./era-question.js";
import { UnreachableError, UpstreamError } from "./errors.js";
import { ServerClient, type ServerEvents } from "./server-client.js";
import { createTransport, type ServerTransport } from "./transports.js";

/** Milliseconds for a server to start, and to say what it speaks. */
const CONNECT_TIMEOUT_MS = 30_000;

/** How a connection is. */
export type ConnectionState = "idle" | "connecting" | "ready" | "down" | "closed";

/** What a {@link Connection} needs. */
export interface ConnectionOptions {
  readonly name: string;
  readonly config: ServerConfig;
  /** What relative paths start from. */
  readonly directory: string;
  readonly logger: Logger;
  readonly onChange: ServerEvents["onChange"];
}

/**
 * A connection to a server that is made when it is needed, and made anew, after a pause, when it is lost. A server that is
 * gone fails the calls that wait for it, and those that come during the pause, with an {@link UpstreamError}.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff = new Backoff();
  readonly #closing = new AbortController();
  #client: ServerClient | undefined;
  #connecting: Promise<ServerClient> | undefined;
  #pause: NodeJS.Timeout | undefined;
  #question: EraQuestion = "brief";
  /** Whether there was no connection when there should have been one, and has been none since. */
  #isDown = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    if (this.#closing.signal.aborted) return "closed";
    if (this.#client !== undefined) return "ready";
    // Also while it is tried again: who watches is to see one outage, however often that fails.
    if (this.#isDown) return "down";
    return this.#connecting === undefined ? "idle" : "connecting";
  }

  /** Requests that wait for an answer. */
  get pending(): number {
    return this.#client?.pending ?? 0;
  }

  /** What the server says it can do; undefined while there is no connection. */
  get capabilities(): Readonly<Record<string, unknown>> | undefined {
    return this.#client?.capabilities;
  }

  /** Connects, unless that is done. Rejects with an {@link UpstreamError}. */
  async open(): Promise<void> {
    await this.#ready();
  }

  /** Sends a request. Rejects with the server's own error, with an {@link UpstreamError}, or with `signal.reason`. */
  async request(request: McpRequest, context: UpstreamContext): Promise<McpResult> {
    const { signal } = context;
    const client = await abortable(this.#ready(), signal);
    try {
      return await client.request(request, context, this.#options.config.timeoutMs);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProtocolError) throw error;
      if (!isSessionLost(error)) throw this.#failure(error);
      // The server has not looked at the request: it does not know the session.
      await this.#drop(client);
    }
    const fresh = await abortable(this.#ready(), signal);
    try {
      return await fresh.request(request, context, this.#options.config.timeoutMs);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ProtocolError ? error : this.#failure(error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new UnreachableError(`the server ${this.#options.name} is being left`));
    clearTimeout(this.#pause);
    await this.#connecting?.catch(() => undefined);
    await this.#client?.close();
  }

  #ready(): Promise<ServerClient> {
    const { name } = this.#options;
    if (this.#closing.signal.aborted) return Promise.reject(this.#closing.signal.reason);
    if (this.#client !== undefined) return Promise.resolve(this.#client);
    if (this.#pause !== undefined) {
      return Promise.reject(new UnreachableError(`the server ${name} is down; it is tried again soon`));
    }
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<ServerClient> {
    const { name, config, directory, logger, onChange } = this.#options;
    const way = createTransport(config, directory);
    let isLost = false;
    const onClose = () => {
      isLost = true;
      this.#onClose(client, way);
    };
    const client = new ServerClient({ onChange, onClose }, this.#question);
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    try {
      await client.connect(way, signal);
      signal.throwIfAborted();
      // It would count as connected for ever.
      if (isLost) throw new UnreachableError("it has ended as soon as it was connected");
    } catch (cause) {
      // How it ends from here on is the gateway's doing.
      const exit = way.exit();
      await client.close().catch(() => undefined);
      this.#question = nextQuestion(this.#question, cause);
      if (!this.#closing.signal.aborted) {
        this.#wait();
        const details = { error: codeOf(cause), ...exit, stderr: way.lastWords() };
        logger.error({ server: name, ...details }, "a server cannot be reached");
      }
      throw new UnreachableError(`the server ${name} cannot be reached`, { cause });
    }
    this.#client = client;
    this.#isDown = false;
    this.#backoff.connected();
    logger.info({ server: name }, "a server is connected");
    return client;
  }

  #onClose(client: ServerClient, way: ServerTransport): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    if (this.#closing.signal.aborted) return;
    this.#options.logger.warn({ server: this.#options.name, ...way.exit() }, "a server is lost");
    this.#wait();
  }

  /** Lets some time pass, then tries again. */
  #wait(): void {
    this.#isDown = true;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      // Failures are logged, and begin the next pause.
      this.#ready().catch(() => undefined);
    }, this.#backoff.failed()).unref();
  }

  async #drop(client: ServerClient): Promise<void> {
    if (this.#client !== client) return;
    this.#client = undefined;
    await client.close().catch(() => undefined);
  }

  #failure(cause: unknown): UpstreamError {
    const { name, logger } = this.#options;
    const isUnreachable = isConnectFailure(cause);
    const what = isUnreachable ? "cannot be reached" : howItFailed(cause);
    logger.warn({ server: name, error: codeOf(cause) }, `a server ${what}`);
    const message = `the server ${name} ${what}`;
    return isUnreachable ? new UnreachableError(message, { cause }) : new UpstreamError(message, { cause });
  }
}

/** What the system, or `fetch`, was at when there was no connection yet to send a request on. Later, the same codes mean less. */
const CONNECTING: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);

function isConnectFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.cause instanceof Error) return isConnectFailure(error.cause);
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectFailure);
  return CONNECTING.has(syscall) || code === "UND_ERR_CONNECT_TIMEOUT";
}

function howItFailed(cause: unknown): string {
  if (cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout)
    return "has not answered in time";
  if (cause instanceof SdkHttpError) return `has answered with HTTP status ${cause.status}`;
  return "was lost before it answered";
}

/** The most exact code in an error or its causes, and never a message but our own: it may quote what the server has said. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { cause } = error;
  if (cause instanceof Error) return codeOf(cause);
  if (error instanceof SdkHttpError) return `HTTP status ${error.status}`;
  if (error instanceof UpstreamError) return error.message;
  return "code" in error ? String(error.code) : error.name;
}

/**
 * Whether a server over HTTP answers that it has no such session, or none any more. MCP wants 404 for that; many servers, like
 * those that its SDK gives as examples, answer 400 and say so in words.
 */
function isSessionLost(error: unknown): boolean {
  if (!(error instanceof SdkHttpError)) return false;
  return error.status === 404 || (error.status === 400 && /\bsession\b/i.test(error.message));
}
