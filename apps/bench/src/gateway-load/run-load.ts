import { setTimeout } from "node:timers/promises";
import { quantile } from "../statistics.js";
import type { GatewayProcess } from "./gateway-process.js";
import { keyOf } from "./gateway-process.js";
import { mixedCall } from "./mixed-calls.js";
import { RawSession } from "./raw-session.js";

/** One call in a hundred is cancelled. */
const CANCEL_EVERY = 100;

/** How much to do. */
export interface LoadOptions {
  readonly seconds: number;
  /** Calls per second of all sessions together; as many as there can be unless given. */
  readonly rate?: number;
  readonly isGuarded: boolean;
}

/** What came of it. */
export interface LoadReport {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly cancelled: number;
  /** Calls without the reply that they must have, and why; the first few. */
  readonly lost: readonly string[];
  readonly lostCalls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Opens sessions, each as a principal of its own. */
export async function openSessions(gateway: GatewayProcess, count: number): Promise<RawSession[]> {
  const sessions = Array.from(
    { length: count },
    (_, i) => new RawSession(`${gateway.url}/mcp/files`, keyOf(i)),
  );
  // A few at a time: this is no measurement.
  for (let i = 0; i < count; i += 10)
    await Promise.all(sessions.slice(i, i + 10).map((session) => session.open()));
  return sessions;
}

/** Lets all sessions make calls for some time. */
export async function runLoad(
  sessions: readonly RawSession[],
  { seconds, rate, isGuarded }: LoadOptions,
): Promise<LoadReport> {
  const latencies: number[] = [];
  const lost: string[] = [];
  let cancelled = 0;
  let next = 0;
  const start = performance.now();
  const end = start + seconds * 1_000;
  const pauseMs = rate === undefined ? 0 : (1_000 * sessions.length) / rate;

  async function callInTurn(session: RawSession, offset: number): Promise<void> {
    if (pauseMs > 0) await setTimeout(pauseMs * offset);
    while (performance.now() < end) {
      const began = performance.now();
      await callOnce(session, next++);
      const left = pauseMs - (performance.now() - began);
      if (left > 0) await setTimeout(left);
    }
  }

  async function callOnce(session: RawSession, number: number): Promise<void> {
    const { name, args, isRight } = mixedCall(number);
    const began = performance.now();
    try {
      if (number % CANCEL_EVERY === CANCEL_EVERY - 1) {
        await session.cancel(name, args);
        cancelled++;
        return;
      }
      const answer = await session.call(name, args);
      latencies.push(performance.now() - began);
      if (!isRight(answer, isGuarded)) lost.push(`${name}: ${answer}`);
    } catch (error) {
      lost.push(String(error));
    }
  }

  await Promise.all(sessions.map((session, i) => callInTurn(session, i / sessions.length)));
  const calls = latencies.length;
  return {
    calls,
    callsPerSecond: Math.round(calls / ((performance.now() - start) / 1_000)),
    cancelled,
    lost: lost.slice(0, 5),
    lostCalls: lost.length,
    p50Ms: round(quantile(latencies, 0.5)),
    p99Ms: round(quantile(latencies, 0.99)),
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
