import { readFileSync } from "node:fs";

/** Where Linux says how many nanoseconds of a processor this thread has had. */
const SCHEDULE = "/proc/thread-self/schedstat";

/**
 * Milliseconds that this thread alone has computed, so that neither other processes nor compilers on other threads count.
 * Where the system does not say, milliseconds on the clock.
 */
export function threadTime(): number {
  try {
    return Number(readFileSync(SCHEDULE, "latin1").split(" ", 1)[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
