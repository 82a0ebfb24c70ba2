import { quantile } from "../statistics.js";
import type { EchoInstance } from "./contender.js";

/** How long an echo takes, in microseconds. */
export interface Latency {
  readonly median: number;
  readonly p99: number;
  readonly calls: number;
}

/** Milliseconds of one contender's turn, unless a single call takes longer. */
const TURN_MS = 5;
/** Milliseconds for which each contender is measured, roughly, after as long again to warm up. */
const MEASURED_MS = 600;
/** A slow contender gets so many calls all the same. */
const LEAST_TURNS = 20;

/** Times the echo of `payload`. The instances take turns, so that whatever disturbs the machine disturbs them all. */
export async function echoLatencies(
  instances: ReadonlyMap<string, EchoInstance>,
  payload: Uint8Array,
): Promise<Map<string, Latency>> {
  const times = new Map([...instances.keys()].map((name) => [name, [] as number[]]));
  for (const instance of instances.values()) await assertEcho(instance, payload);
  for (const round of ["warm-up", "measured"]) {
    for (let turn = 0; turn < MEASURED_MS / TURN_MS; turn++) {
      for (const [name, instance] of instances) {
        const own = times.get(name) as number[];
        const isDone = turn >= LEAST_TURNS && sum(own) > MEASURED_MS * 1_000;
        if (!isDone) await takeTurn(instance, payload, own);
      }
    }
    if (round === "warm-up") for (const own of times.values()) own.length = 0;
  }
  return new Map(
    [...times].map(([name, own]) => [
      name,
      { median: quantile(own, 0.5), p99: quantile(own, 0.99), calls: own.length },
    ]),
  );
}

async function takeTurn(
  { echo, afterCall }: EchoInstance,
  payload: Uint8Array,
  times: number[],
): Promise<void> {
  const end = performance.now() + TURN_MS;
  for (let now = performance.now(); now < end; now = performance.now()) {
    const start = performance.now();
    const answer = echo(payload);
    if (answer instanceof Promise) await answer;
    times.push((performance.now() - start) * 1_000);
    if (afterCall !== undefined) await afterCall();
  }
}

async function assertEcho({ echo }: EchoInstance, payload: Uint8Array): Promise<void> {
  if (Buffer.compare(await echo(payload), payload) !== 0)
    throw new Error("the guest answered something else");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
