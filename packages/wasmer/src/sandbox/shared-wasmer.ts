import { GuardError, instanceWithoutMemory } from "@guardhost/core";
import type { Wasmer } from "@wasmer/sdk/browser";
import { importSdk } from "#import-sdk";
import type { WasmerOptions } from "../wasmer-options.js";
import { WorkerErrors } from "./worker-errors.js";

// Tests replace timers, often before this is loaded, and this one seldom: a client that is never closed keeps its process alive.
const { timeout } = AbortSignal;

/**
 * How often, and after how many milliseconds each, the event loop has to come round between the end of the last process and that of
 * the client. The SDK terminates its workers wherever they are, and the end of a process is told before its worker has tidied up. One
 * that is cut off while it frees memory leaves a lock locked, which every thread that allocates then waits for without end (seen with
 * @wasmer/sdk 0.16 on Node 26). Turns are counted, because a machine that was held up lets a single timer end before its workers go on.
 */
const [SETTLE_TURNS, SETTLE_TURN_MS] = [5, 50];

/** Somebody's use of a client. */
export interface ClientUse {
  readonly client: Wasmer;
  /** Ends it. */
  leave(): void;
  /** Says that the client does not work any more: whoever comes next gets another. */
  giveUp(): void;
  /** What a worker of the client has last failed with, where that is told. */
  workerError(): string | undefined;
}

/** One client of the SDK, with its worker threads, for as long as somebody uses it and it works. */
export class SharedWasmer {
  readonly #options: WasmerOptions;
  #current: CountedClient | undefined;

  constructor(options: WasmerOptions) {
    this.#options = options;
  }

  /** The client, for one more user. Rejects with a GuardError where there can be none. */
  async enter(): Promise<ClientUse> {
    this.#current ??= new CountedClient(createClient(this.#options), (ended) => this.#forget(ended));
    const counted = this.#current;
    counted.enter();
    try {
      const client = await counted.client;
      return {
        client,
        leave: () => counted.leave(),
        giveUp: () => this.#forget(counted),
        workerError: () => counted.workerErrors.last,
      };
    } catch (error) {
      counted.leave();
      // Whoever comes next may try again.
      this.#forget(counted);
      throw error;
    }
  }

  #forget(counted: CountedClient): void {
    if (this.#current === counted) this.#current = undefined;
  }
}

class CountedClient {
  readonly client: Promise<Wasmer>;
  readonly workerErrors = new WorkerErrors();
  readonly #onEnd: (ended: CountedClient) => void;
  #users = 0;
  /** How often somebody came. */
  #entries = 0;

  constructor(client: Promise<Wasmer>, onEnd: (ended: CountedClient) => void) {
    this.client = client;
    this.#onEnd = onEnd;
  }

  enter(): void {
    this.#users++;
    this.#entries++;
  }

  /**
   * One user less. When it was the last one and no other comes, nothing is left of the client a quarter of a second later: until
   * then, the process of the caller stays alive.
   */
  leave(): void {
    if (--this.#users === 0) this.#settle(this.#entries);
  }

  /** Closes it, unless somebody comes meanwhile. */
  async #settle(entries: number): Promise<void> {
    for (let turn = 0; turn < SETTLE_TURNS; turn++) await pause(SETTLE_TURN_MS);
    if (entries !== this.#entries) return;
    this.#onEnd(this);
    try {
      const idle = await this.client;
      await idle.close();
    } catch {
      // A worker had failed, or there was no client. The calls that it failed for were told, and it is gone as well.
    }
    this.workerErrors.stop();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    timeout.call(AbortSignal, ms).addEventListener("abort", () => resolve());
  });
}

async function createClient({ sdkModule }: WasmerOptions): Promise<Wasmer> {
  try {
    const Wasmer = await importSdk();
    // Nothing is downloaded, so nothing is worth keeping on a disk.
    return await new Wasmer({ cache: false, ...(sdkModule && { wasm: sdkModule }) }).ready();
  } catch (cause) {
    throw sandboxUnavailable("cannot be started", cause);
  }
}

/** The error for what the SDK cannot do, or not now: `OUT_OF_MEMORY` where memory is all that it wants. */
export function sandboxUnavailable(what: string, cause: unknown): GuardError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const code = instanceWithoutMemory(cause) === undefined ? "ENGINE_UNAVAILABLE" : "OUT_OF_MEMORY";
  return new GuardError(code, `the Wasmer sandbox ${what}: ${why}`, { lost: true, cause });
}
