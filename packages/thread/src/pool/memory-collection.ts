import { collectMemories } from "../collect-memories.js";
import { OPERATION } from "../mailbox/layout.js";
import type { GuardThread } from "./guard-thread.js";
import type { Scheduler } from "./scheduler.js";
import { nobody, type ThreadUpkeep } from "./thread-upkeep.js";

/** Milliseconds that a thread gets to collect garbage, which can be a lot on a busy machine. */
const TIMEOUT_MS = 60_000;

/** Milliseconds that a collection waits for a thread that is in a call. */
const PATIENCE_MS = 100;

/** Milliseconds without another collection after one that has given nothing. */
const VAIN_MS = 1_000;

/**
 * Makes room for memories of WebAssembly, for which some runtimes have little address space (1 TiB for a process of Chromium, of which
 * V8 reserves 8 GiB and more for each): what was dropped on a thread counts until it is collected there.
 */
export class MemoryCollection {
  readonly #scheduler: Scheduler;
  readonly #upkeep: ThreadUpkeep;
  #running: Promise<void> | undefined;
  /** Until when nothing is collected, in terms of `performance.now()`. */
  #vainUntil = 0;

  constructor(scheduler: Scheduler, upkeep: ThreadUpkeep) {
    this.#scheduler = scheduler;
    this.#upkeep = upkeep;
  }

  /** Whether {@link run} may have anything to give. */
  get isWorthwhile(): boolean {
    return performance.now() >= this.#vainUntil;
  }

  /**
   * Collects on this thread, and on all of the pool but those that stay in a call. Whoever asks while that is going on waits for the same.
   * Never rejects.
   */
  run(): Promise<void> {
    this.#running ??= this.#collect().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** There was no memory after it either. */
  wasVain(): void {
    this.#vainUntil = performance.now() + VAIN_MS;
  }

  async #collect(): Promise<void> {
    collectMemories();
    await Promise.all([...this.#scheduler.threads].map((thread) => this.#collectOn(thread)));
  }

  async #collectOn(thread: GuardThread): Promise<void> {
    if (!thread.isIdle) {
      const deadline = performance.now() + PATIENCE_MS;
      const wish = { thread, host: nobody, nesting: undefined, pinned: true, deadline, signal: undefined };
      const leased = await this.#scheduler.turnOf(this.#scheduler.queue(wish)).catch(() => undefined);
      if (leased === undefined) return;
    }
    await this.#upkeep.run(thread, { operation: OPERATION.collect, timeoutMs: TIMEOUT_MS });
  }
}
