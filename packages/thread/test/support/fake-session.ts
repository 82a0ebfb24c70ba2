import { type ChannelCallOptions, type GuardChannel, GuardError, type GuardHost } from "@guardhost/core";
import type { ThreadPool } from "../../src/index.js";
import { act, type Deed } from "./fake-pool.js";

/** How often an instance may be gone in one call. */
const MAX_OPENINGS = 5;

export interface FakeSessionOptions {
  readonly pinned?: boolean;
  /** What its instances are opened with. */
  readonly setup?: unknown;
}

/** Does what sessions do: opens an instance when there is none, and another one when it is gone. */
export class FakeSession {
  readonly #pool: ThreadPool;
  readonly #host: GuardHost;
  readonly #pinned: boolean;
  readonly #setup: unknown;
  #channel: GuardChannel | undefined;
  /** Instances that were opened so far. */
  openings = 0;

  constructor(pool: ThreadPool, host: GuardHost, { pinned = false, setup = {} }: FakeSessionOptions = {}) {
    this.#pool = pool;
    this.#host = host;
    this.#pinned = pinned;
    this.#setup = setup;
  }

  async act(deed: Deed, options: ChannelCallOptions = {}): Promise<unknown> {
    for (let left = MAX_OPENINGS; ; left--) {
      try {
        this.#channel ??= await this.#open(options);
        return await act(this.#channel, deed, options);
      } catch (error) {
        const isGone = GuardError.is(error, "CLOSED") && error.lost;
        if (!isGone || left === 0) throw error;
        this.#channel = undefined;
      }
    }
  }

  /** Lets go of the instance, if there is one. */
  async close(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    await channel?.close();
  }

  #open(options: ChannelCallOptions): Promise<GuardChannel> {
    this.openings++;
    return this.#pool.open(this.#setup, this.#host, { ...options, pinned: this.#pinned });
  }
}
