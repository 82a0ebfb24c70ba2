import {
  type ChannelCallOptions,
  type GuardChannel,
  GuardError,
  type GuardHost,
  type GuardOperation,
  type JsonHost,
} from "@guardhost/core";
import { OPERATION } from "../mailbox/layout.js";
import type { GuardThread } from "./guard-thread.js";
import type { Scheduler } from "./scheduler.js";
import { type CallSettings, ThreadCall } from "./thread-call.js";
import { timeLeft } from "./waiter.js";

/** What a channel is made of. */
export interface ThreadChannelOptions {
  readonly scheduler: Scheduler;
  readonly settings: CallSettings;
  readonly thread: GuardThread;
  /** Number of the instance on its thread. */
  readonly id: number;
  readonly host: GuardHost;
  readonly jsonHost: JsonHost;
  readonly pinned: boolean;
}

/** An instance on a worker thread. */
export class ThreadChannel implements GuardChannel {
  readonly #options: ThreadChannelOptions;
  #isRunning = false;
  #hasServed = false;
  #isGone = false;
  #loss: unknown;
  /** Ends the running call. */
  #stop: ((reason: GuardError) => void) | undefined;

  constructor(options: ThreadChannelOptions) {
    this.#options = options;
    options.thread.channels++;
    if (options.pinned) options.thread.pinned++;
  }

  async call(
    operation: GuardOperation,
    input: Uint8Array,
    options: ChannelCallOptions = {},
  ): Promise<Uint8Array> {
    this.#assertCallable();
    const { signal } = options;
    this.#isRunning = true;
    try {
      signal?.throwIfAborted();
      return await this.#run(operation, input, options);
    } catch (error) {
      // An abort costs the instance whatever its reason says, which is the caller's and not about the guest.
      if (!GuardError.is(error) || error.lost || signal?.aborted) this.#lose(error);
      throw error;
    } finally {
      this.#isRunning = false;
      this.#stop = undefined;
    }
  }

  async close(): Promise<void> {
    if (this.#isGone) return;
    const stop = this.#stop;
    this.#lose(undefined);
    stop?.(new GuardError("CLOSED", "the guard was closed during the call", { lost: true }));
  }

  #assertCallable(): void {
    const { failure } = this.#options.thread;
    if (failure !== undefined && !this.#isGone) this.#lose(failure);
    if (this.#isGone) throw gone(this.#loss);
    if (this.#isRunning) throw new GuardError("REENTRANT", "this instance of the guard is in a call already");
  }

  async #run(operation: GuardOperation, input: Uint8Array, options: ChannelCallOptions): Promise<Uint8Array> {
    const { scheduler, settings, thread, id, host, jsonHost } = this.#options;
    let { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    if (!scheduler.tryLease(thread, host))
      timeoutMs = await this.#wait(options, performance.now() + timeoutMs);
    // A session that has just got its place replays its policy first, and then makes the call that it came for.
    const next = this.#hasServed ? undefined : host;
    this.#hasServed = true;
    const onOver = () => scheduler.release(thread, next);
    const call = new ThreadCall(settings, thread, { host: jsonHost, signal, onOver });
    this.#stop = (reason) => call.stop(reason);
    return call.run({ letter: { operation: OPERATION[operation], channel: id, input, timeoutMs } });
  }

  /** Waits for the thread. Returns the milliseconds that are left then. */
  async #wait({ signal, nesting }: ChannelCallOptions, deadline: number): Promise<number> {
    const { scheduler, thread, host, pinned } = this.#options;
    const waiter = scheduler.queue({ thread, host, nesting, pinned, deadline, signal });
    this.#stop = (reason) => waiter.refuse(reason);
    const leased = await scheduler.turnOf(waiter);
    if (leased === undefined) throw gone(thread.failure);
    if (this.#isGone) {
      scheduler.release(leased);
      throw gone(undefined);
    }
    return timeLeft(deadline);
  }

  #lose(reason: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#loss = reason;
    const { scheduler, thread, pinned, id } = this.#options;
    thread.channels--;
    if (pinned) thread.pinned--;
    scheduler.drop(thread, id);
  }
}

/** The error for a call that has not entered its instance: it may be made on another one. */
function gone(cause: unknown): GuardError {
  return new GuardError("CLOSED", "this instance of the guard is gone; open another", { lost: true, cause });
}
