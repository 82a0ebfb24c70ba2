import type { Nesting } from "../engine.js";
import { GuardError } from "../error.js";
import { armTimer, type Timer } from "../time/timer.js";
import type { SessionCall } from "./session-call.js";
import { WaitingLine } from "./waiting-line.js";

/** Holders that may wait for a place. Each has an input in memory meanwhile. */
const MAX_WAITING = 1_000;

/** Who has an instance, or is about to open one. */
export interface InstanceHolder {
  /** Whether a call of its own runs: its instance is in use then, or wanted. */
  inCall: boolean;
  /** When its last call ended, as counted by {@link LiveInstances}. */
  lastUsed: number;
  /** Whether it has an instance now. */
  readonly isLive: boolean;
  /** Tells whether somebody waits for its call who has an instance in use: it must not wait for that one in its turn. */
  readonly nesting: Nesting;
  /** Closes its instance. */
  hibernate(reason: "idle" | "room"): void;
}

/** Limits of the instances of a guard. */
export interface LiveInstancesOptions {
  readonly maxLiveInstances: number;
  readonly idleMs: number;
  /** Whether instances stay where they are until their sessions let go of them. */
  readonly pinned: boolean;
}

/**
 * The places for a guard's live instances. Where there is none left, the instance that has not been used for longest is
 * put away; where all are in calls, a further one waits for its place, in order of arrival. One that somebody in a place
 * waits for takes one more instead, and the excess is put away as soon as its call ends.
 *
 * A call on an instance that is there costs two stores and a comparison.
 */
export class LiveInstances {
  readonly #options: LiveInstancesOptions;
  readonly #holders = new Set<InstanceHolder>();
  readonly #line = new WaitingLine<InstanceHolder>();
  /** Instances that are still being opened although nobody wants them any more. */
  #abandoned = 0;
  /** Counts the calls that have ended. */
  #clock = 0;
  /** What the clock showed when the idle ones were looked for last. */
  #lastLook = 0;
  #timer: Timer | undefined;

  constructor(options: LiveInstancesOptions) {
    this.#options = options;
  }

  /** How many instances there are, those that are being opened included. */
  get size(): number {
    return this.#holders.size + this.#abandoned;
  }

  /** How many holders wait for a place. */
  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Gives `holder` a place, at once, returning undefined, or with the promise that is returned. It keeps one it has.
   *
   * Throws a GuardError `BUSY` where waiting would not help, and where too many wait; rejects as {@link WaitingLine.wait}
   * does. There is no place then.
   */
  enter(holder: InstanceHolder, call: SessionCall): Promise<void> | undefined {
    if (this.#holders.has(holder)) return undefined;
    if (this.#hasRoom() || (holder.nesting.isNested && !this.#options.pinned)) {
      this.#add(holder);
      return undefined;
    }
    const { maxLiveInstances, pinned } = this.#options;
    if (pinned) {
      throw new GuardError(
        "BUSY",
        `all ${maxLiveInstances} instances of the guard belong to sessions and cannot be made anew: close a session, or raise maxLiveInstances`,
      );
    }
    if (this.#line.size >= MAX_WAITING) {
      throw new GuardError(
        "BUSY",
        `${MAX_WAITING} calls wait for an instance of the guard already; try again later, or raise maxLiveInstances`,
      );
    }
    const { deadline, signal } = call;
    const onTimeout = () =>
      new GuardError(
        "TIMEOUT",
        `the deadline passed while all ${maxLiveInstances} instances of the guard were in calls`,
      );
    const place = this.#line.wait(holder, { deadline, signal, onTimeout }, () => this.leave(holder));
    return place.finally(holder.nesting.onNested(() => this.#admit(holder)));
  }

  /** Ends the wait of `holder` with `reason`, if it waits. */
  refuse(holder: InstanceHolder, reason: unknown): void {
    this.#line.refuse(holder, reason);
  }

  /** The call of `holder` has ended. Frees its place if it has no instance, or if others need it. */
  rest(holder: InstanceHolder): void {
    holder.inCall = false;
    if (!holder.isLive) this.leave(holder);
    else holder.lastUsed = ++this.#clock;
    if (this.#line.size > 0 || this.size > this.#options.maxLiveInstances) this.#relieve();
  }

  /** Frees the place of `holder`, if it has one. */
  leave(holder: InstanceHolder): void {
    if (!this.#holders.delete(holder)) return;
    this.#relieve();
  }

  /** Counts an instance that its holder has given up while it was being opened, until `opening` settles. */
  abandon(opening: Promise<unknown>): void {
    this.#abandoned++;
    const settled = () => {
      this.#abandoned--;
      this.#relieve();
    };
    opening.then(settled, settled);
  }

  /** Looks for idle instances no more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #admit(holder: InstanceHolder): void {
    if (this.#line.admit(holder)) this.#add(holder);
  }

  #add(holder: InstanceHolder): void {
    this.#holders.add(holder);
    if (this.#timer === undefined && !this.#options.pinned) this.#awaitIdleness();
  }

  /** Whether there is a place that nobody waits for, or one could be made. */
  #hasRoom(): boolean {
    // Whoever is told of a hibernation may have taken the place meanwhile.
    while (this.#line.size === 0) {
      if (this.size < this.#options.maxLiveInstances) return true;
      if (!this.#putOneAway()) return false;
    }
    return false;
  }

  /** Puts away what is too much, and lets in who waits, as far as that is possible. */
  #relieve(): void {
    const { maxLiveInstances } = this.#options;
    for (;;) {
      const next = this.#line.first;
      if (this.size > maxLiveInstances || (this.size === maxLiveInstances && next !== undefined)) {
        if (!this.#putOneAway()) return;
      } else if (next !== undefined) this.#admit(next);
      else return;
    }
  }

  /** Puts away the instance that has not been used for longest, if one is not in a call. */
  #putOneAway(): boolean {
    if (this.#options.pinned) return false;
    let oldest: InstanceHolder | undefined;
    for (const holder of this.#holders) {
      if (!holder.inCall && (oldest === undefined || holder.lastUsed < oldest.lastUsed)) oldest = holder;
    }
    if (oldest === undefined) return false;
    this.#holders.delete(oldest);
    oldest.hibernate("room");
    return true;
  }

  /** One timer for all: what has not been used between two of its looks is idle. */
  #awaitIdleness(): void {
    this.#lastLook = this.#clock;
    const look = () => {
      this.#timer = undefined;
      for (const holder of this.#holders) {
        if (holder.inCall || holder.lastUsed > this.#lastLook) continue;
        this.#holders.delete(holder);
        holder.hibernate("idle");
      }
      if (this.#holders.size > 0) this.#awaitIdleness();
    };
    this.#timer = armTimer(performance.now() + this.#options.idleMs, look, { keepsAlive: false });
  }
}
