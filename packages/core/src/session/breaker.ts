import { GuardError } from "../error.js";
import { wrongNumber } from "../number/wrong-number.js";
import { assertTimeout } from "../time/assert-timeout.js";
import { assertKnownOptions } from "./assert-known-options.js";
import type { GuardEventListener } from "./guard-event.js";
import type { GuardLogger } from "./logger.js";

/** Principals whose losses are remembered at the same time. */
const MAX_PRINCIPALS = 10_000;

/** When a guard that fails is left alone. */
export interface BreakerOptions {
  /** Losses within `windowMs` after which calls are refused; 1 to 1,000. 5 unless given. */
  readonly maxLosses?: number | undefined;
  /** Milliseconds for which a loss counts; more than 0. 60,000 unless given. */
  readonly windowMs?: number | undefined;
  /** Milliseconds for which calls are refused; more than 0. 30,000 unless given. */
  readonly pauseMs?: number | undefined;
}

const OPTIONS: Record<keyof BreakerOptions, true> = { maxLosses: true, windowMs: true, pauseMs: true };

/** A call that is let through to find out whether the guard is well again. */
export interface Probe {
  /** The guard came back from it. */
  survived(): void;
  /** It is over; the next call may try if it has found nothing out. */
  end(): void;
}

/** What is known about one principal. */
interface History {
  /** When the last losses were, in terms of `performance.now()`. */
  losses: number[];
  /** Until when calls are refused. Set once it has tripped. */
  pausedUntil: number | undefined;
  probe: Probe | undefined;
  /** When nothing of it matters any more. */
  expires: number;
}

type Principal = string | undefined;

/**
 * Refuses calls to a guard that is lost again and again, for each principal of its own: whoever makes a guard fail does
 * not lock others out, and does not start afresh with another session.
 *
 * After `maxLosses` within `windowMs` calls are refused for `pauseMs`. Then one call at a time is let through: one that
 * the guard survives ends the refusal, one more loss begins another pause. Whoever stays away for another `windowMs` after
 * the pause is let in as if nothing had been.
 */
export class Breaker {
  readonly #maxLosses: number;
  readonly #windowMs: number;
  readonly #pauseMs: number;
  readonly #emit: GuardEventListener;
  readonly #logger: GuardLogger;
  /** In the order of their last losses. */
  readonly #histories = new Map<Principal, History>();
  #tripped = 0;

  /** Throws a TypeError for options that do not exist, or are no numbers, and a RangeError for numbers that make no sense. */
  constructor(options: BreakerOptions = {}, emit: GuardEventListener, logger: GuardLogger) {
    assertKnownOptions("breaker", options, OPTIONS);
    const { maxLosses = 5, windowMs = 60_000, pauseMs = 30_000 } = options;
    if (!Number.isSafeInteger(maxLosses) || maxLosses < 1 || maxLosses > 1_000)
      throw wrongNumber("breaker.maxLosses", "a whole number from 1 to 1000", maxLosses);
    assertTimeout("breaker.windowMs", windowMs);
    assertTimeout("breaker.pauseMs", pauseMs);
    this.#maxLosses = maxLosses;
    this.#windowMs = windowMs;
    this.#pauseMs = pauseMs;
    this.#emit = emit;
    this.#logger = logger;
  }

  /** Whether calls of `principal` are refused, or let through one at a time. */
  isTripped(principal: Principal): boolean {
    return this.#tripped > 0 && this.#historyOf(principal)?.pausedUntil !== undefined;
  }

  /** Lets a call through, as a probe if need be; its caller has to end it. Throws a GuardError `UNHEALTHY`. */
  admit(principal: Principal): Probe | undefined {
    // Nearly always; and nothing to look up then.
    if (this.#tripped === 0) return undefined;
    const history = this.#historyOf(principal);
    if (history?.pausedUntil === undefined) return undefined;
    const left = history.pausedUntil - performance.now();
    if (left > 0) throw unhealthy(`for another ${Math.ceil(left / 1_000)} s`);
    if (history.probe !== undefined)
      throw unhealthy("until another call has found out whether it is well again");
    const probe: Probe = {
      survived: () => {
        if (history.probe === probe) this.#restore(principal, history);
      },
      end: () => {
        if (history.probe === probe) history.probe = undefined;
      },
    };
    history.probe = probe;
    return probe;
  }

  /** Counts a loss. */
  lost(principal: Principal): void {
    const now = performance.now();
    const history = this.#historyOf(principal) ?? newHistory();
    // What was let through before it tripped changes nothing.
    if (history.pausedUntil !== undefined && history.pausedUntil > now) return;
    const since = now - this.#windowMs;
    history.losses = [...history.losses.filter((loss) => loss > since), now];
    history.expires = now + this.#windowMs;
    this.#remember(principal, history, now);
    if (history.pausedUntil !== undefined || history.losses.length >= this.#maxLosses)
      this.#trip(principal, history, now);
  }

  #trip(principal: Principal, history: History, now: number): void {
    if (history.pausedUntil === undefined) this.#tripped++;
    history.losses = [];
    history.pausedUntil = now + this.#pauseMs;
    history.expires = history.pausedUntil + this.#windowMs;
    history.probe = undefined;
    const pauseMs = this.#pauseMs;
    this.#logger.warn({ pauseMs }, "the guard fails too often and is left alone for a while");
    this.#emit({ type: "tripped", principal, pauseMs });
  }

  #restore(principal: Principal, history: History): void {
    history.probe = undefined;
    // It may have been forgotten meanwhile, and another one begun.
    if (this.#histories.get(principal) !== history) return;
    this.#forget(principal);
    this.#logger.info({}, "the guard is well again");
    this.#emit({ type: "restored", principal });
  }

  #historyOf(principal: Principal): History | undefined {
    const history = this.#histories.get(principal);
    if (history === undefined || history.expires > performance.now()) return history;
    this.#forget(principal);
    return undefined;
  }

  /** Puts a history last, and forgets what is over, and what has been quiet for longest where there are too many. */
  #remember(principal: Principal, history: History, now: number): void {
    this.#histories.delete(principal);
    for (const [oldest, { expires }] of this.#histories) {
      // Whoever has that many principals gains nothing by one of them being forgotten, and others are only let through.
      if (expires > now && this.#histories.size < MAX_PRINCIPALS) break;
      this.#forget(oldest);
    }
    this.#histories.set(principal, history);
  }

  #forget(principal: Principal): void {
    if (this.#histories.get(principal)?.pausedUntil !== undefined) this.#tripped--;
    this.#histories.delete(principal);
  }
}

function newHistory(): History {
  return { losses: [], pausedUntil: undefined, probe: undefined, expires: 0 };
}

function unhealthy(howLong: string): GuardError {
  return new GuardError("UNHEALTHY", `the guard has failed too often and is left alone ${howLong}`);
}
