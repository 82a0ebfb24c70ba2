import type { Logger } from "../telemetry/logger.js";

/** Milliseconds in which one line at most tells of refusals of a kind, beside the first. */
const INTERVAL_MS = 10_000;

/** Why requests get these statuses before MCP has seen them. */
const REASONS: Readonly<Record<number, string>> = {
  401: "it carries no valid key",
  403: "its Host or Origin is not allowed, or its key has no admin rights",
  413: "it has more than maxBodyBytes",
  429: "too many requests or sessions are open",
};

/** Who has sent a request. */
export interface Sender {
  readonly address: string | undefined;
  /** Undefined for who has not authenticated. */
  readonly principal: string | undefined;
}

/**
 * Logs refused requests, and connections: the first of a kind at once, and after a while how many others there were, so that
 * whoever is refused cannot fill the log.
 */
export class Refusals {
  readonly #logger: Logger;
  /** Refusals since the first of their kind was logged. */
  readonly #others = new Map<string, number>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Takes note of a request with this status, if that is a refusal. */
  answered(status: number, { address, principal }: Sender): void {
    const reason = REASONS[status];
    if (reason !== undefined) this.#note({ status, principal }, address, `a request is refused: ${reason}`);
  }

  /** Takes note of a connection that was closed at once. */
  dropped(address: string | undefined): void {
    this.#note({}, address, "a connection is refused: there are too many");
  }

  /** @param kind what refusals that are counted together have in common */
  #note(kind: object, address: string | undefined, message: string): void {
    const key = message + JSON.stringify(kind);
    const others = this.#others.get(key);
    if (others !== undefined) {
      this.#others.set(key, others + 1);
      return;
    }
    this.#logger.warn({ ...kind, address }, message);
    this.#others.set(key, 0);
    setTimeout(() => this.#summarize(key, kind, message), INTERVAL_MS).unref();
  }

  #summarize(key: string, kind: object, message: string): void {
    const others = this.#others.get(key) ?? 0;
    this.#others.delete(key);
    if (others > 0) this.#logger.warn({ ...kind, others, seconds: INTERVAL_MS / 1_000 }, message);
  }
}
