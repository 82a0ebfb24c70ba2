import { createHash } from "node:crypto";
import type { AgentState } from "@guardhost/difc";
import { createClient } from "@redis/client";
import type { GatewayConfig } from "../config/gateway-config.js";
import type { Logger } from "../telemetry/logger.js";
import { within } from "../time/within.js";
import { JOIN_SCRIPT } from "./join-script.js";
import type { GatewayLabelStore } from "./label-store.js";
import { partsOf, stateOf } from "./stored-state.js";

/** Pauses between attempts to reach a store that is gone, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Milliseconds without a word after which the server is asked whether it is there, and after which it is not. */
const PING_AFTER_MS = 10_000;
const DEAD_AFTER_MS = 30_000;

/** A store that cannot be reached, or has not answered in time. */
export class StoreUnreachableError extends Error {
  override readonly name = "StoreUnreachableError";
}

/**
 * Labels in Redis or Valkey, for gateways that share them. What `join` has resolved for is acknowledged by the server, and
 * by as many of its replicas as the configuration wants. While the server cannot be reached everything rejects, at once
 * or after the timeout, and goes on by itself later. A connection on which nothing comes any more is made anew: of a server that
 * has lost its power, the operating system would say so after a quarter of an hour.
 *
 * Only the server that takes writes is asked, and agents are known by a hash of their keys: neither names nor credentials
 * are in the store.
 */
export class RedisStore implements GatewayLabelStore {
  readonly #client: ReturnType<typeof createRedisClient>;
  readonly #config: GatewayConfig["store"];
  readonly #logger: Logger;
  /** When the server has answered at last. */
  #heardAt = 0;
  #isDown = false;

  constructor(config: GatewayConfig["store"], logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.#client = createRedisClient(config);
    this.#client.on("error", (error: Error) => this.#onError(error));
    this.#client.on("ready", () => {
      logger.info({}, "the label store is reached");
      this.#isDown = false;
    });
    this.#connect();
  }

  get isReady(): boolean {
    return this.#client.isReady;
  }

  async read(agent: string): Promise<AgentState | undefined> {
    const key = this.#key(agent);
    // Whoever is still at work must not be forgotten.
    const [members] = await this.#within(
      this.#client.multi().sMembers(key).pExpire(key, this.#ttlMs).execTyped(),
    );
    return stateOf(members);
  }

  async join(agent: string, state: AgentState): Promise<AgentState> {
    const { growing, ceiling } = partsOf(state);
    const { replicas, timeoutMs } = this.#config;
    const argv = [String(this.#ttlMs), String(growing.length), ceiling === undefined ? "0" : "1"];
    const joining = this.#client.eval(JOIN_SCRIPT, {
      keys: [this.#key(agent)],
      arguments: [...argv, ...growing, ...(ceiling ?? [])],
    });
    // On the same connection, right behind it: it counts the replicas that have the writes so far.
    const waiting = replicas > 0 ? this.#client.wait(replicas, Math.ceil(timeoutMs / 2)) : replicas;
    const [members, acknowledged] = await this.#within(Promise.all([joining, waiting]));
    if (acknowledged < replicas) {
      throw new StoreUnreachableError(
        `${acknowledged} of ${replicas} replicas of the label store have answered`,
      );
    }
    const joined = stateOf(members as string[]);
    if (joined === undefined)
      throw new StoreUnreachableError("the label store has not kept what it was given");
    return joined;
  }

  async reset(agent: string): Promise<boolean> {
    return (await this.#within(this.#client.del(this.#key(agent)))) > 0;
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  get #ttlMs(): number {
    return Math.ceil(this.#config.ttlSeconds * 1_000);
  }

  #key(agent: string): string {
    return `${this.#config.prefix}${createHash("sha256").update(agent).digest("base64url")}`;
  }

  async #within<T>(answer: Promise<T>): Promise<T> {
    const { timeoutMs } = this.#config;
    const askedAt = performance.now();
    const result = await within(answer, timeoutMs, () => {
      const error = new StoreUnreachableError("the label store has not answered in time");
      // One that is only slow has answered somebody else meanwhile.
      if (this.#heardAt < askedAt) this.#connectAnew(error);
      return error;
    });
    this.#heardAt = performance.now();
    return result;
  }

  #connectAnew(error: Error): void {
    if (!this.#client.isReady) return;
    this.#onError(error);
    this.#client.destroy();
    this.#connect();
  }

  #connect(): void {
    // It goes on trying by itself, and errors are logged.
    this.#client.connect().catch(() => undefined);
  }

  #onError({ message }: Error): void {
    // Once, not with every attempt.
    if (!this.#isDown)
      this.#logger.error({ error: message }, "the label store cannot be reached; calls are refused");
    this.#isDown = true;
  }
}

function createRedisClient({ url, timeoutMs }: GatewayConfig["store"]) {
  return createClient({
    url,
    // A command that waits for a connection would be made long after its call was refused.
    disableOfflineQueue: true,
    pingInterval: PING_AFTER_MS,
    socket: {
      socketTimeout: DEAD_AFTER_MS,
      connectTimeout: timeoutMs,
      reconnectStrategy: (attempts) =>
        Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10)),
    },
  });
}
