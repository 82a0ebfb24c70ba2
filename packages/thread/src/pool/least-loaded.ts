import type { GuardThread } from "./guard-thread.js";

/** The thread with the fewest instances, the first of them if there are several. */
export function leastLoaded(threads: readonly GuardThread[]): GuardThread | undefined {
  return threads.toSorted((a, b) => a.channels - b.channels)[0];
}
