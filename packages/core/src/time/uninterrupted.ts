import { afterTurn } from "./next-turn.js";

/** When the guests of this thread began to compute, after the last turn of its event loop. */
let since: number | undefined;

const awaitTurn = afterTurn(() => {
  since = undefined;
});

/**
 * Milliseconds for which this thread has been computing for guests without a turn of its event loop, all guests together:
 * a promise that settles lets microtasks run, but neither timers nor I/O.
 *
 * @param now in terms of `performance.now()`; the first time after a turn is where the count begins
 */
export function uninterruptedMs(now: number): number {
  if (since === undefined) {
    since = now;
    awaitTurn();
  }
  return now - since;
}
