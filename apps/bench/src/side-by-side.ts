import { median } from "./statistics.js";

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
  /** Median microseconds per call. Machines differ, so only the ratio says something. */
  readonly baselineMicroseconds: number;
  readonly subjectMicroseconds: number;
}

/** Milliseconds that one side of one round takes, roughly. */
const ROUND_MS = 20;

/**
 * Measures both sides in turn, in one process, in rounds so short that whatever disturbs the machine disturbs both. The
 * side that goes first alternates.
 */
export async function compare({ baseline, subject }: Contenders, rounds: number): Promise<Comparison> {
  const calls = await callsPer(ROUND_MS, baseline);
  await time(subject, calls * 3);
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
  return {
    ratio: median(pairs.map((pair) => pair.subject / pair.baseline)),
    baselineMicroseconds: (median(pairs.map((pair) => pair.baseline)) / calls) * 1000,
    subjectMicroseconds: (median(pairs.map((pair) => pair.subject)) / calls) * 1000,
  };
}

/** How many calls take about `milliseconds`, once they are warm. */
async function callsPer(milliseconds: number, run: () => unknown): Promise<number> {
  let calls = 1;
  while ((await time(run, calls)) < milliseconds) calls *= 2;
  return calls;
}

async function time(run: () => unknown, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    const result = run();
    // A synchronous side must not pay for an await.
    if (result instanceof Promise) await result;
  }
  return performance.now() - start;
}
