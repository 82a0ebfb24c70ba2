import { assertNumber, type NumberRange } from "@guardhost/core";
import { availableCores } from "#platform";
import type { ThreadWorker } from "../runtime/thread-worker.js";

/** Settings of a `ThreadPool`. */
export interface ThreadPoolOptions {
  /** Starts a worker whose entry calls `serveGuards`. */
  readonly spawn: () => ThreadWorker;
  /** Threads that run calls at the same time, 1 or more; as many as there are cores, and at least 2, unless given. */
  readonly maxThreads?: number | undefined;
  /** Calls that may wait for a thread; more are refused as `BUSY`. 1,000 unless given. */
  readonly maxWaitingCalls?: number | undefined;
  /** Milliseconds that a call gets to stop before its thread is terminated; 100 unless given. */
  readonly graceMs?: number | undefined;
  /** Milliseconds after which a thread without instances is closed, more than 0; 60,000 unless given. */
  readonly idleMs?: number | undefined;
  /** Milliseconds that a worker gets to start, more than 0; 30,000 unless given. */
  readonly startTimeoutMs?: number | undefined;
  /** Bytes that an input, an answer, or what is asked of a backend may have; 64 MiB unless given. */
  readonly maxPayloadBytes?: number | undefined;
}

/** All settings, checked. */
export type ResolvedPoolOptions = {
  readonly [Name in keyof ThreadPoolOptions]-?: NonNullable<ThreadPoolOptions[Name]>;
};

/** Which numbers make sense. */
const NUMBERS = {
  maxThreads: { least: 1, isWhole: true },
  maxWaitingCalls: { least: 0, isWhole: false },
  graceMs: { least: 0, isWhole: false },
  idleMs: { least: Number.MIN_VALUE, isWhole: false },
  startTimeoutMs: { least: Number.MIN_VALUE, isWhole: false },
  maxPayloadBytes: { least: 65_536, isWhole: true },
} as const satisfies Partial<Record<keyof ThreadPoolOptions, NumberRange>>;

/** Throws a TypeError for an option of another kind, and a RangeError for a number that makes no sense; both name it. */
export function resolvePoolOptions(options: ThreadPoolOptions): ResolvedPoolOptions {
  if (typeof options.spawn !== "function") throw new TypeError("the option spawn must be a function");
  const resolved: ResolvedPoolOptions = {
    spawn: options.spawn,
    maxThreads: options.maxThreads ?? Math.max(2, availableCores()),
    maxWaitingCalls: options.maxWaitingCalls ?? 1_000,
    graceMs: options.graceMs ?? 100,
    idleMs: options.idleMs ?? 60_000,
    startTimeoutMs: options.startTimeoutMs ?? 30_000,
    maxPayloadBytes: options.maxPayloadBytes ?? 67_108_864,
  };
  for (const [name, range] of Object.entries(NUMBERS))
    assertNumber(name, resolved[name as keyof typeof NUMBERS], range);
  return resolved;
}
