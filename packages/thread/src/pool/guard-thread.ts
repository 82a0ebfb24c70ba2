import { armTimer, GuardError, type Timer } from "@guardhost/core";
import { CallerMailbox, type Letter } from "../mailbox/caller-mailbox.js";
import { createMailboxBuffers, type MailboxBuffers } from "../mailbox/layout.js";
import type { Enclosure, StartMessage } from "../messages.js";
import { followWorker, holdProcess, type ThreadWorker } from "../runtime/thread-worker.js";
import { type EventLoopDebt, Polling } from "./polling.js";
import { cannotStart, threadFailure } from "./thread-failure.js";
import { ThreadLease } from "./thread-lease.js";

/** What all threads of a pool have in common. */
export interface ThreadSettings {
  readonly spawn: () => ThreadWorker;
  readonly startTimeoutMs: number;
  readonly maxPayloadBytes: number;
  /** Whether there are cores enough to wait without sleeping. */
  readonly maySpin: boolean;
  readonly debt: EventLoopDebt;
  /** Called once when a thread is gone. */
  readonly onDeath: (thread: GuardThread) => void;
}

/** What comes with a request as a message of its own. */
export interface Enclosed {
  readonly content: unknown;
}

/** Mailboxes that have grown beyond this are replaced when there is time. */
const GIANT_MAILBOX_BYTES = 1_048_576;

/** Milliseconds that a worker gets to end. On some runtimes one that computes never does. */
const TERMINATION_TIMEOUT_MS = 5_000;

/** The caller's view of one worker. */
export class GuardThread {
  readonly mailbox: CallerMailbox;
  readonly polling: Polling = new Polling();
  readonly lease: ThreadLease = new ThreadLease();
  /** Instances that live here. */
  channels = 0;
  /** Those that must stay here. */
  pinned = 0;
  /** Channels that the worker shall close when it gets the next request. */
  readonly drops: number[] = [];
  /** Ends the call that the thread is leased for, with the reason for its caller. */
  stopCall: ((reason: GuardError) => void) | undefined;
  /** Resolves when the worker has ended; unset while it lives. */
  ended: Promise<void> | undefined;

  readonly #settings: ThreadSettings;
  readonly #worker: ThreadWorker;
  readonly #startTimer: Timer | undefined;
  #failure: GuardError | undefined;
  #onNews: (() => void) | undefined;

  /** Starts a worker. Throws a GuardError `ENGINE_UNAVAILABLE`. */
  constructor(settings: ThreadSettings) {
    this.#settings = settings;
    const { maxPayloadBytes, maySpin } = settings;
    try {
      const buffers = createMailboxBuffers(maxPayloadBytes);
      this.mailbox = new CallerMailbox(buffers);
      this.#worker = settings.spawn();
      followWorker(this.#worker, {
        onMessage: () => this.#wake(),
        onFailure: (error) => this.#failed(error),
      });
      this.#worker.postMessage({ kind: "start", buffers, maySpin } satisfies StartMessage);
    } catch (error) {
      throw cannotStart(error instanceof Error ? error.message : String(error), error);
    }
    this.hold(false);
    // Who waits for the start holds the process.
    const onTimeout = () => this.#startTimedOut();
    this.#startTimer = armTimer(performance.now() + settings.startTimeoutMs, onTimeout, {
      keepsAlive: false,
    });
  }

  /** Why the thread is gone, once it is. */
  get failure(): GuardError | undefined {
    return this.#failure;
  }

  /** Whether the worker's code runs, or ran. */
  get hasStarted(): boolean {
    return this.mailbox.started;
  }

  /** Whether it lives, and nobody has it. */
  get isIdle(): boolean {
    return this.#failure === undefined && this.lease.isFree;
  }

  get isGiant(): boolean {
    return this.mailbox.bytes > GIANT_MAILBOX_BYTES;
  }

  /** Posts a request, after what comes with it. Throws a GuardError when either cannot be sent; nothing is posted then. */
  post(letter: Letter, enclosed: Enclosed | undefined): void {
    if (enclosed !== undefined) this.#enclose(enclosed);
    this.mailbox.post(letter, this.drops);
  }

  /** Resolves when there may be news, or the thread is gone. */
  async news(): Promise<void> {
    this.mailbox.sleep();
    if (this.mailbox.hasNews() || this.#failure !== undefined) return;
    await new Promise<void>((resolve) => (this.#onNews = resolve));
  }

  /** Decides whether the process waits for this thread. */
  hold(hold: boolean): void {
    if (this.#failure === undefined) holdProcess(this.#worker, hold);
  }

  /** Regions of the original size, for the worker and, once it has them, for {@link CallerMailbox.renew}. */
  freshBuffers(): MailboxBuffers {
    return createMailboxBuffers(this.#settings.maxPayloadBytes);
  }

  /** Ends the worker, whatever it does. The first reason counts. */
  end(reason: GuardError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    // Some runtimes never end a worker that computes. It must not keep the process as well.
    holdProcess(this.#worker, false);
    this.mailbox.end();
    this.ended = terminated(this.#worker);
    this.#settings.onDeath(this);
    this.#wake();
  }

  #enclose({ content }: Enclosed): void {
    const { nextGeneration: generation } = this.mailbox;
    try {
      this.#worker.postMessage({ kind: "enclosure", generation, content } satisfies Enclosure);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new GuardError("ENGINE_UNAVAILABLE", `the guard cannot be handed to a worker thread: ${why}`, {
        cause,
      });
    }
  }

  #startTimedOut(): void {
    if (!this.hasStarted) this.end(cannotStart("it did not answer in time", undefined));
  }

  #failed(error: unknown): void {
    this.end(threadFailure(error, this.hasStarted));
  }

  #wake(): void {
    this.#startTimer?.cancel();
    this.#settings.debt.clear();
    const onNews = this.#onNews;
    this.#onNews = undefined;
    onNews?.();
  }
}

/** Settles when the worker has ended, or when there is no point in waiting any longer. */
async function terminated(worker: ThreadWorker): Promise<void> {
  let timer: Timer | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = armTimer(performance.now() + TERMINATION_TIMEOUT_MS, resolve);
  });
  try {
    await Promise.race([worker.terminate(), timeUp]);
  } finally {
    timer?.cancel();
  }
}
