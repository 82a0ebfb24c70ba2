import { INTERRUPT_PAUSE, INTERRUPT_STOP } from "../abi/abi.js";
import type { GuardError } from "../error.js";
import { interruption, uninterruptedMs } from "../time/uninterrupted.js";
import { allocatorTooSlow } from "./failures.js";
import type { Invocation } from "./invocation.js";

/** Milliseconds between two checks that the countdown aims at. */
const CHECK_INTERVAL_MS = 0.25;

/** Milliseconds that `alloc` and `dealloc` may take in one call, all together: nothing can suspend them. */
export const ALLOCATOR_TIMEOUT_MS = 20;

/**
 * Milliseconds from one check to the next that count for it, at most. In a longer time the thread has rather not been
 * running: a busy machine must not cost a guard its instance.
 */
const MAX_COUNTED_MS = 1;

/** Milliseconds that they may take by the clock: slow instructions take their time as well. */
const ALLOCATOR_CLOCK_MS = 100;

/**
 * Units of the countdown, an instruction each: 0.3 ns, or 100 if it misses the cache. So a guest that has been fast must
 * not be trusted for long; the most is 60 µs of fast instructions, and 20 ms of slow ones.
 */
const UNITS = { first: 20_000, least: 200, most: 200_000 } as const;

/** How much the countdown may grow from one check to the next. */
const GROWTH = 1.25;

/** A guest's exported countdown, which its checks count down from. */
export interface Countdowns {
  value: number;
}

/** How a guest is interrupted. */
export interface InterruptOptions {
  /** Milliseconds of guest time, of all guests, after which the event loop turns. Never where nothing can suspend a guest. */
  readonly sliceMs?: number | undefined;
  /** Why the guest has to stop, where no event of this thread can tell. Must not throw. */
  readonly stopReason?: (() => GuardError | undefined) | undefined;
}

/**
 * The host's side of the interrupt checks in a guest. `check` and `pause` are what the guest imports; they answer, and
 * never throw, because a guest's `catch_all` catches whatever JavaScript throws. On a stop the code around the check
 * traps, which nothing catches.
 */
export class Interrupts {
  readonly #invocation: Invocation;
  readonly #sliceMs: number;
  readonly #stopReason: () => GuardError | undefined;
  #countdown: Countdowns | undefined;
  #units: number = UNITS.first;
  /** Who was at work since the last check: only then does the time that went by tell how fast the guest is. */
  #atWork: "guest" | "guest and host" | "host" = "host";
  #lastCheck = 0;
  /** The export of the allocator that is running, if it is one. */
  #allocator: string | undefined;
  /** When that allocator was last seen running. */
  #allocatorSeen: number | undefined;
  /** Milliseconds that allocators have taken in this call: those that count, and those on the clock. */
  #allocatorMs = 0;
  #allocatorClockMs = 0;
  #stopped = false;

  constructor(invocation: Invocation, { sliceMs = Number.POSITIVE_INFINITY, stopReason }: InterruptOptions) {
    this.#invocation = invocation;
    this.#sliceMs = sliceMs;
    this.#stopReason = stopReason ?? (() => undefined);
    invocation.interrupts = this;
  }

  /** Gives access to the guest's countdown, once there is one. */
  attach(countdown: Countdowns): void {
    this.#countdown = countdown;
  }

  /** A call begins. Returns whether the event loop has to turn before its guest is entered. */
  begin(now: number): boolean {
    this.#allocatorMs = 0;
    this.#allocatorClockMs = 0;
    return this.#isSliceOver(now);
  }

  /** The guest is about to be entered: in its allocator, or in something that may take its time. */
  enter(allocator?: string): void {
    this.#allocator = allocator;
    this.#allocatorSeen = undefined;
    if (this.#atWork === "guest") this.#atWork = "guest and host";
  }

  /** Makes the next check happen at once. The host was at work meanwhile, which is not the guest's time. */
  hurry(): void {
    this.#atWork = "host";
    if (this.#countdown !== undefined) this.#countdown.value = -1;
  }

  /** Counts work that the host did for the guest. */
  charge(units: number): void {
    if (this.#countdown !== undefined) this.#countdown.value = Math.max(-1, this.#countdown.value - units);
  }

  /** What the guest calls when its countdown has ended: how far to count now, or what to do instead. */
  readonly check = (): number => {
    const now = performance.now();
    this.#adapt(now);
    if (this.#mustStop(now)) return INTERRUPT_STOP;
    if (this.#isSliceOver(now) && this.#allocator === undefined) return INTERRUPT_PAUSE;
    return this.#units;
  };

  /** What the guest calls to be suspended. Answers as {@link check} does, once the event loop has turned. */
  readonly pause = async (): Promise<number> => {
    await interruption();
    const now = performance.now();
    this.#lastCheck = now;
    // The slice begins here, not with the next check.
    uninterruptedMs(now);
    return this.#mustStop(now) ? INTERRUPT_STOP : this.#units;
  };

  /** Aims at the interval: grows slowly, drops at once. */
  #adapt(now: number): void {
    if (this.#atWork !== "host") {
      const factor = Math.min(GROWTH, CHECK_INTERVAL_MS / Math.max(now - this.#lastCheck, 0.001));
      // With the host's part the time is too long: not a reason to count less, but still one to count more.
      const least = this.#atWork === "guest" ? UNITS.least : this.#units;
      this.#units = Math.trunc(Math.min(UNITS.most, Math.max(least, this.#units * factor)));
    }
    this.#atWork = "guest";
    this.#lastCheck = now;
  }

  /** Stays true: a guest that was told to stop never goes on. */
  #mustStop(now: number): boolean {
    const invocation = this.#invocation;
    const reason = this.#stopReason();
    if (reason !== undefined) invocation.fail(reason);
    if (this.#isAllocatorLate(now)) {
      invocation.fail(allocatorTooSlow(this.#allocator as string, ALLOCATOR_TIMEOUT_MS));
    }
    this.#stopped ||= invocation.mustStop(now);
    return this.#stopped;
  }

  #isSliceOver(now: number): boolean {
    return this.#sliceMs !== Number.POSITIVE_INFINITY && uninterruptedMs(now) >= this.#sliceMs;
  }

  #isAllocatorLate(now: number): boolean {
    if (this.#allocator === undefined) return false;
    const elapsed = now - (this.#allocatorSeen ?? now);
    this.#allocatorSeen = now;
    this.#allocatorClockMs += elapsed;
    this.#allocatorMs += Math.min(elapsed, MAX_COUNTED_MS);
    return this.#allocatorMs >= ALLOCATOR_TIMEOUT_MS || this.#allocatorClockMs >= ALLOCATOR_CLOCK_MS;
  }
}
