import {
  type GuardChannel,
  GuardError,
  type GuardHost,
  jsonHostOf,
  type OpenOptions,
  waitFor,
} from "@guardhost/core";
import { availableCores } from "#platform";
import { OPERATION } from "../mailbox/layout.js";
import { GuardThread, type ThreadSettings } from "./guard-thread.js";
import { Housekeeping } from "./housekeeping.js";
import { MemoryCollection } from "./memory-collection.js";
import { EventLoopDebt } from "./polling.js";
import { resolvePoolOptions, type ThreadPoolOptions } from "./pool-options.js";
import { Scheduler } from "./scheduler.js";
import { type CallSettings, ThreadCall } from "./thread-call.js";
import { ThreadChannel } from "./thread-channel.js";
import { ThreadUpkeep } from "./thread-upkeep.js";
import { timeLeft, type Wish, waitedTooLong } from "./waiter.js";

const NO_INPUT = new Uint8Array(0);

/**
 * Worker threads that instances of guards live on.
 *
 * A thread runs one call at a time. Its channels keep the contract of `GuardChannel`; in particular:
 *
 * - An abort or a deadline tells the guest to stop, through `stopReason` on its thread. The call rejects as soon as the guest
 *   has stopped, and a few milliseconds later in any case. A thread that has not stopped after `graceMs` is terminated,
 *   and what the guest has logged in that call is lost.
 * - A call rejects with a `CLOSED` that is lost when its thread is gone, and when its thread stays busy while another one is
 *   idle, or could be started: its session opens another instance there. `pinned` ones wait.
 * - The process stays alive while a call or an opening is on its way, not for idle threads.
 *
 * Besides the codes of the guest's own failures, calls reject with `OUT_OF_MEMORY` or `TRAPPED` when their thread ends, both
 * lost; with `BUSY` when too many wait, or too many guests for their backends; with `INPUT_TOO_LARGE` and `OUTPUT_TOO_LARGE`
 * beyond `maxPayloadBytes`.
 */
export class ThreadPool implements AsyncDisposable {
  readonly #scheduler: Scheduler;
  readonly #housekeeping: Housekeeping;
  readonly #collection: MemoryCollection;
  readonly #callSettings: CallSettings;
  readonly #debt: EventLoopDebt = new EventLoopDebt();
  /** Ends of threads, until they have come. */
  readonly #ends = new Set<Promise<void>>();
  #nextChannel = 1;
  #closing: Promise<void> | undefined;

  /** Starts no thread yet. Throws a TypeError or RangeError for options that make no sense. */
  constructor(options: ThreadPoolOptions) {
    const { maxThreads, maxWaitingCalls, graceMs, idleMs, ...rest } = resolvePoolOptions(options);
    const threadSettings: ThreadSettings = {
      ...rest,
      maySpin: availableCores() > 1,
      debt: this.#debt,
      onDeath: (thread) => this.#buried(thread),
    };
    this.#scheduler = new Scheduler({
      maxThreads,
      maxWaitingCalls,
      startThread: () => new GuardThread(threadSettings),
      onIdle: (thread) => this.#housekeeping.arrange(thread),
    });
    this.#callSettings = {
      graceMs,
      debt: this.#debt,
      onParked: (thread) => this.#scheduler.park(thread),
      onUnparked: (thread) => this.#scheduler.unpark(thread),
    };
    const upkeep = new ThreadUpkeep(this.#scheduler, this.#callSettings);
    this.#housekeeping = new Housekeeping(this.#scheduler, upkeep, idleMs);
    this.#collection = new MemoryCollection(this.#scheduler, upkeep);
  }

  /** Threads that live, those that start included. */
  get threads(): number {
    return this.#scheduler.threads.size;
  }

  /** Starts the first thread before it is needed, unless it was. When it cannot be started, {@link open} says so. */
  warm(): void {
    this.#scheduler.warm();
  }

  /**
   * Opens an instance on the free thread with the fewest, or on a new one. Where there is no memory for it, the threads give back
   * what was dropped on them, and it is tried once more.
   *
   * @param setup for the engine's worker entry: anything that can be cloned to another thread
   * @throws GuardError `CLOSED`, `BUSY`, `TIMEOUT`, which says so when the worker has not started by then; `ENGINE_UNAVAILABLE`
   *   when no worker can be started; whatever the engine's worker entry rejects with; or `signal.reason`
   */
  async open(setup: unknown, host: GuardHost, options: OpenOptions = {}): Promise<GuardChannel> {
    const { signal, nesting, pinned = false, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const deadline = performance.now() + timeoutMs;
    return this.#open(setup, { thread: undefined, host, nesting, pinned, deadline, signal });
  }

  async #open(setup: unknown, wish: Wish, isRetry = false): Promise<GuardChannel> {
    const scheduler = this.#scheduler;
    const collection = this.#collection;
    const { host, pinned, deadline, signal } = wish;
    signal?.throwIfAborted();
    // Only instances move, which an opening has yet to make.
    const thread = (await scheduler.turnOf(scheduler.queue(wish))) as GuardThread;
    const id = this.#nextChannel++;
    const jsonHost = jsonHostOf(host);
    // Its first call is to follow.
    const onOver = () => scheduler.release(thread, host);
    const call = new ThreadCall(this.#callSettings, thread, { host: jsonHost, signal, onOver });
    const letter = { operation: OPERATION.open, channel: id, input: NO_INPUT, timeoutMs: timeLeft(deadline) };
    try {
      await call.run({ letter, enclosed: { content: setup } });
    } catch (error) {
      // It may have come about all the same.
      scheduler.drop(thread, id);
      // What has cost one thread must not cost another.
      if (!GuardError.is(error, "OUT_OF_MEMORY") || thread.failure !== undefined) throw error;
      if (isRetry) collection.wasVain();
      if (!collection.isWorthwhile) throw error;
      await waitFor(collection.run(), { deadline, signal, onTimeout: waitedTooLong });
      return this.#open(setup, wish, true);
    }
    return new ThreadChannel({ scheduler, settings: this.#callSettings, thread, id, host, jsonHost, pinned });
  }

  /**
   * Refuses waiting and coming calls with `CLOSED`, ends the running ones with it, and ends all threads. Resolves when they
   * have ended, or will not. May be called more than once.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#housekeeping.close();
    this.#scheduler.close(new GuardError("CLOSED", "the threads are closed"));
    for (const thread of [...this.#scheduler.threads]) {
      const reason = new GuardError("CLOSED", "the threads were closed during the call", { lost: true });
      // Some runtimes cannot terminate a guest that computes, but it may stop by itself.
      thread.stopCall?.(reason);
      thread.end(reason);
    }
    await Promise.all(this.#ends);
  }

  #buried(thread: GuardThread): void {
    this.#scheduler.remove(thread);
    const ended = thread.ended;
    if (ended === undefined) return;
    this.#ends.add(ended);
    ended.then(() => this.#ends.delete(ended));
  }
}
