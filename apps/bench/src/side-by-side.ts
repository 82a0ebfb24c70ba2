import { quantile } from "./statistics.js";

/** Two ways of doing the same thing. */
export interface Contenders {
  /** The yardstick. */
  readonly baseline: () => unknown;
  /** What is measured against it. */
  readonly subject: () => unknown;
}

/** How one subject compares with its baseline. */
export interface Comparison {
  /** Median of the subject's time divided by the baseline's, over all rounds. */
  readonly ratio: number;
  /** The quartiles around it: half of all rounds lie between them. Far apart, they say that the machine was busy. */
  readonly quartiles: readonly [lower: number, upper: number];
  /** Median microseconds per call. Machines differ, so only the ratio says something. */
  readonly baselineMicroseconds: number;
  readonly subjectMicroseconds: number;
}

/** Milliseconds so far, of some kind. */
export type Clock = () => number;

/** The processor's time for this process, all its threads together. Neither other processes nor waiting count. */
export const processorTime: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds that one side of one round takes, roughly, unless a single call takes longer. */
const ROUND_MS = 5;

/** Rounds' worth of calls that warm a side up. */
const WARM_UP_ROUNDS = 20;

/**
 * Measures both sides in turn, in one process, in rounds so short that whatever disturbs the machine disturbs both. The
 * side that goes first alternates.
 */
export async function compare(
  { baseline, subject }: Contenders,
  rounds: number,
  clock: Clock = processorTime,
): Promise<Comparison> {
  const time = (run: () => unknown, calls: number) => timeOf(run, calls, clock);
  let calls = 1;
  while ((await time(baseline, calls)) < ROUND_MS) calls *= 2;
  for (const side of [baseline, subject]) await time(side, calls * WARM_UP_ROUNDS);
  const pairs: { readonly baseline: number; readonly subject: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? baseline : subject;
    const firstTime = await time(first, calls);
    const secondTime = await time(first === baseline ? subject : baseline, calls);
    pairs.push(
      first === baseline
        ? { baseline: firstTime, subject: secondTime }
        : { baseline: secondTime, subject: firstTime },
    );
  }
  const ratios = pairs.map((pair) => pair.subject / pair.baseline);
  const microseconds = (times: number[]) => (quantile(times, 0.5) / calls) * 1000;
  return {
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    baselineMicroseconds: microseconds(pairs.map((pair) => pair.baseline)),
    subjectMicroseconds: microseconds(pairs.map((pair) => pair.subject)),
  };
}

/**
 * Median microseconds of one call of each side, on the clock. The sides take turns call by call, after a quarter as many to warm up:
 * for calls that wait for other threads, where one that the machine holds up would spoil a whole round.
 */
export async function mediansOfCalls<Side extends string>(
  sides: Readonly<Record<Side, () => unknown>>,
  calls: number,
): Promise<Record<Side, number>> {
  const entries = Object.entries(sides) as [Side, () => unknown][];
  const times = new Map(entries.map(([side]) => [side, [] as number[]]));
  const warmUp = Math.ceil(calls / 4);
  for (let call = 0; call < warmUp + calls; call++) {
    for (const [side, run] of entries) {
      const milliseconds = await timeOf(run, 1, () => performance.now());
      if (call >= warmUp) times.get(side)?.push(milliseconds);
    }
  }
  const medians = entries.map(([side]) => [side, quantile(times.get(side) ?? [], 0.5) * 1000]);
  return Object.fromEntries(medians) as Record<Side, number>;
}

/** Milliseconds for `calls` calls. */
async function timeOf(run: () => unknown, calls: number, clock: Clock): Promise<number> {
  const start = clock();
  for (let i = 0; i < calls; i++) {
    const result = run();
    // A synchronous side must not pay for an await.
    if (result instanceof Promise) await result;
  }
  return clock() - start;
}
