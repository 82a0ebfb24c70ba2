import { armTimer, GuardError, type GuardHost, nextTurn } from "@guardhost/core";
import type { GuardThread } from "./guard-thread.js";
import { leastLoaded } from "./least-loaded.js";
import { startedTooLate } from "./thread-failure.js";
import { Waiter, type Wish, waitedTooLong } from "./waiter.js";

/** Milliseconds that a call waits for a busy thread before it takes another one, or has one started. */
const PATIENCE_MS = 5;

/** Settings of a {@link Scheduler}. */
export interface SchedulerOptions {
  readonly maxThreads: number;
  readonly maxWaitingCalls: number;
  /** Starts a thread. Throws a GuardError `ENGINE_UNAVAILABLE`. */
  readonly startThread: () => GuardThread;
  /** A thread is free, and nobody waits for it; there may be something to tidy up. */
  readonly onIdle: (thread: GuardThread) => void;
}

/**
 * Leases threads, each to one call at a time.
 *
 * An instance lives on one thread. A call for it gets that thread, in order of arrival; while another call keeps it busy
 * and a second thread is idle, the call moves: its instance is given up, and its session opens another one there.
 *
 * A guest that waits for its backend parks its thread. A nested call, which a backend waits for, may have a spare thread
 * beyond the maximum for each that is parked: so there is always one that gets on, however deep calls nest. A call may become
 * nested while it waits, when a backend comes to wait for it.
 */
export class Scheduler {
  readonly threads: Set<GuardThread> = new Set();
  readonly #options: SchedulerOptions;
  /** In order of arrival. */
  readonly #waiting = new Set<Waiter>();
  #isTicking = false;
  /** Whether a thread that is gone had started. */
  #hadStarted = false;
  #closed: GuardError | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Starts the first thread, unless it was. */
  warm(): void {
    if (this.#closed !== undefined || this.threads.size > 0) return;
    const thread = this.#tryStart();
    if (thread !== undefined) this.#checkIdle(thread);
  }

  /** Leases `thread` at once if it is free for `host`. */
  tryLease({ lease, failure }: GuardThread, host: GuardHost): boolean {
    if (failure !== undefined || !lease.isFreeFor(host)) return false;
    lease.take();
    return true;
  }

  /**
   * Queues for a lease: of the wish's own thread, or for an opening of any.
   *
   * The turn rejects with `signal.reason`, or with a GuardError that is not lost: `TIMEOUT`, `BUSY`, `CLOSED`,
   * `ENGINE_UNAVAILABLE`.
   */
  queue(wish: Wish): Waiter {
    const { maxWaitingCalls } = this.#options;
    const waiter = new Waiter(
      wish,
      () => this.#dispatch(),
      () => waiter.refuse(this.#tooLate()),
      () => this.#waiting.delete(waiter),
    );
    if (this.#closed !== undefined) {
      waiter.refuse(this.#closed);
      return waiter;
    }
    this.#waiting.add(waiter);
    this.#dispatch();
    // Only who could not be served at once counts.
    if (this.#waiting.has(waiter) && this.#waiting.size > maxWaitingCalls) {
      waiter.refuse(
        new GuardError("BUSY", `${maxWaitingCalls} calls wait for a thread already; try again later`),
      );
    }
    return waiter;
  }

  /**
   * The thread, leased; undefined for a call that has to move, because its thread is gone, or is busy while another one
   * is not.
   */
  async turnOf({ turn, wish }: Waiter): Promise<GuardThread | undefined> {
    const thread = await turn;
    const isLate = performance.now() >= wish.deadline;
    if (thread === undefined || !(wish.signal?.aborted || isLate)) return thread;
    // It came in the same moment as what ends the wait.
    this.release(thread);
    wish.signal?.throwIfAborted();
    throw this.#tooLate();
  }

  /** The error for a call whose time was up before it had a thread. */
  #tooLate(): GuardError {
    const workersStart = this.#hadStarted || [...this.threads].some(({ hasStarted }) => hasStarted);
    return workersStart ? waitedTooLong() : startedTooLate();
  }

  /** @param next the session that has more to do on this thread, if others can wait a moment */
  release(thread: GuardThread, next?: GuardHost): void {
    if (thread.failure !== undefined) return;
    thread.lease.end();
    if (this.#waiting.size > 0) {
      if (next !== undefined) this.#reserve(thread, next);
      this.#dispatch();
    }
    this.#checkIdle(thread);
  }

  /** An instance is not needed any more; its thread closes it when it gets to it. */
  drop(thread: GuardThread, channel: number): void {
    thread.drops.push(channel);
    this.#checkIdle(thread);
  }

  park(thread: GuardThread): void {
    thread.lease.isParked = true;
    if (this.#waiting.size > 0) this.#dispatch();
  }

  unpark(thread: GuardThread): void {
    thread.lease.isParked = false;
  }

  /** A thread is gone. Whoever waits for it moves. */
  remove(thread: GuardThread): void {
    this.threads.delete(thread);
    this.#hadStarted ||= thread.hasStarted;
    thread.lease.abandon();
    if (this.#waiting.size > 0) this.#dispatch();
  }

  /** Refuses all waiting and coming calls with `reason`. */
  close(reason: GuardError): void {
    this.#closed = reason;
    for (const waiter of this.#waiting) waiter.refuse(reason);
  }

  /** Threads beyond the maximum. */
  get spares(): number {
    return Math.max(0, this.threads.size - this.#options.maxThreads);
  }

  /** Serves whoever can be served, in order of arrival; what is idle then gets calls that wait for a busy thread. */
  #dispatch(): void {
    const now = performance.now();
    // There may be many, who all wait because there is none.
    const hasRoom = this.#hasRoom();
    for (const waiter of this.#waiting) this.#serve(waiter, now, hasRoom);
    if (hasRoom) for (const waiter of this.#waiting) if (isImpatient(waiter, now)) this.#move(waiter);
    this.#tick();
  }

  #serve(waiter: Waiter, now: number, hasRoom: boolean): void {
    const { thread, host, pinned } = waiter.wish;
    if (thread === undefined) {
      if (hasRoom) this.#serveOpening(waiter, now);
    } else if (thread.failure !== undefined) waiter.grant(undefined);
    else if (this.tryLease(thread, host)) waiter.grant(thread);
    else if (pinned && waiter.isNested && thread.lease.isParked) waiter.refuse(wouldWaitForBackend());
    else if (hasRoom && thread.lease.isLong(now) && isImpatient(waiter, now)) this.#move(waiter);
  }

  #serveOpening(waiter: Waiter, now: number): void {
    const free = this.#freeThread(waiter);
    if (free === undefined && (!this.#mayStart(waiter) || this.#isWorthWaiting(waiter, now))) return;
    try {
      const thread = free ?? this.#start();
      thread.lease.take();
      waiter.grant(thread);
    } catch (error) {
      waiter.refuse(error);
    }
  }

  /** Whether a thread may be free sooner than another one is started. */
  #isWorthWaiting({ isNested, since }: Waiter, now: number): boolean {
    if (now - since >= PATIENCE_MS) return false;
    // A nested call may be what the parked ones wait for.
    return [...this.threads].some(({ lease }) => !(isNested && lease.isParked));
  }

  /** Lets a call move, if there is a thread to move to: that one is kept for it. */
  #move(waiter: Waiter): void {
    const { wish } = waiter;
    if (wish.thread === undefined || wish.pinned) return;
    const target = this.#freeThread(waiter) ?? (this.#mayStart(waiter) ? this.#tryStart() : undefined);
    if (target === undefined) return;
    this.#reserve(target, wish.host);
    waiter.grant(undefined);
  }

  /** The free thread with the fewest instances. Those beyond the maximum are for nested calls. */
  #freeThread({ wish: { host }, isNested }: Waiter): GuardThread | undefined {
    const threads = [...this.threads];
    const own = threads.find(({ lease }) => lease.isReservedFor(host));
    if (own !== undefined) return own;
    const free = threads.filter(({ lease }) => lease.isFree);
    if (!isNested && threads.length - free.length >= this.#options.maxThreads) return undefined;
    return leastLoaded(free);
  }

  /** Whether there may be a thread for somebody who has none. */
  #hasRoom(): boolean {
    if (this.threads.size < this.#options.maxThreads || this.spares < this.#parked) return true;
    return [...this.threads].some(({ lease }) => !lease.isTaken);
  }

  #mayStart({ isNested }: Waiter): boolean {
    return this.threads.size < this.#options.maxThreads || (isNested && this.spares < this.#parked);
  }

  get #parked(): number {
    return [...this.threads].filter(({ lease }) => lease.isParked).length;
  }

  #start(): GuardThread {
    const thread = this.#options.startThread();
    this.threads.add(thread);
    return thread;
  }

  #tryStart(): GuardThread | undefined {
    try {
      return this.#start();
    } catch {
      // Nobody depends on it: a call has its own thread to wait for. Who opens an instance is told.
      return undefined;
    }
  }

  #reserve(thread: GuardThread, host: GuardHost): void {
    thread.lease.reserve(host, () => {
      this.#dispatch();
      this.#checkIdle(thread);
    });
  }

  #checkIdle(thread: GuardThread): void {
    if (thread.isIdle) this.#options.onIdle(thread);
  }

  /** Patience ends without anything else happening. */
  #tick(): void {
    if (this.#isTicking || this.#waiting.size === 0) return;
    this.#isTicking = true;
    armTimer(performance.now() + PATIENCE_MS, async () => {
      // Where the event loop was blocked, threads may have answered long ago.
      await nextTurn();
      this.#isTicking = false;
      this.#dispatch();
    });
  }
}

function isImpatient({ wish, isNested, since }: Waiter, now: number): boolean {
  if (isNested && wish.thread?.lease.isParked) return true;
  return now - since >= PATIENCE_MS;
}

function wouldWaitForBackend(): GuardError {
  return new GuardError(
    "BUSY",
    "the guard keeps state that cannot move, and its thread waits for a backend, perhaps the one that made this call; " +
      "give the engine more threads, or do not call such guards from backends",
  );
}
