/** `deterministic`: the same readings for every instance. `real`: the host's time. */
export type ClockMode = "deterministic" | "real";

/** Answers the time in nanoseconds. */
export type Clock = () => bigint;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Nanoseconds: how far a deterministic clock moves with each reading, and what the host's `Date.now` counts in. */
export const CLOCK_RESOLUTION: bigint = NANOSECONDS_PER_MILLISECOND;

/** Where the deterministic wall clock starts (spec 1.4). */
const DETERMINISTIC_START = BigInt(Date.UTC(2022, 0, 1)) * NANOSECONDS_PER_MILLISECOND;

/**
 * Fresh clocks, by their WASI ids: realtime, monotonic, and the CPU time of process and thread. Instances cannot tell
 * CPU time from elapsed time, so the last two are the monotonic one, which starts at 0 with the instance.
 */
export function createClocks(mode: ClockMode): readonly Clock[] {
  const [realtime, monotonic] =
    mode === "real" ? [wallClock, stopwatch()] : [ticker(DETERMINISTIC_START), ticker(0n)];
  return [realtime, monotonic, monotonic, monotonic];
}

/** A clock that knows no time: every reading is one millisecond after the one before. */
function ticker(start: bigint): Clock {
  let next = start;
  return () => {
    const now = next;
    next += NANOSECONDS_PER_MILLISECOND;
    return now;
  };
}

function wallClock(): bigint {
  return BigInt(Math.trunc(Date.now())) * NANOSECONDS_PER_MILLISECOND;
}

/** Time since now, so that a guest does not learn how long its host has been up. */
function stopwatch(): Clock {
  const start = performance.now();
  return () => BigInt(Math.trunc((performance.now() - start) * 1e6));
}
