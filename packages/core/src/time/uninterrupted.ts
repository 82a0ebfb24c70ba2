import { afterTurn, nextTurn } from "./next-turn.js";

/**
 * Looks at a clock that does not move, after which time is taken to have passed: between two lies what takes a quarter of a millisecond,
 * and 60 µs at least once the guest has been trusted. Cloudflare's production moves its clocks only when the event loop turns.
 */
const LOOKS_AT_CLOCK = 64;

/** When the guests of this thread began to compute, after the last turn of its event loop. */
let since: number | undefined;
/** Looks at a clock that had not moved since then. */
let looks = 0;

const begin = () => {
  since = undefined;
};
const awaitTurn = afterTurn(begin);

/**
 * Lets the event loop turn. The count begins anew, even where {@link uninterruptedMs} is not told of the turn because it was asked on
 * behalf of a request that is gone.
 */
export function interruption(): Promise<void> {
  return nextTurn().then(begin);
}

/**
 * Milliseconds for which this thread has been computing for guests without a turn of its event loop, all guests together:
 * a promise that settles lets microtasks run, but neither timers nor I/O. Infinity when the clock stands still.
 *
 * @param now in terms of `performance.now()`; the first time after a turn is where the count begins
 */
export function uninterruptedMs(now: number): number {
  if (since === undefined) {
    since = now;
    looks = 0;
    awaitTurn();
  }
  if (now === since && ++looks > LOOKS_AT_CLOCK) return Number.POSITIVE_INFINITY;
  return now - since;
}
