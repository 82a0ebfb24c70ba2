import { assertKnownOptions, assertNumber, type NumberRange } from "@guardhost/core";
import type { ClockMode } from "./wasi/clocks.js";
import type { RandomMode } from "./wasi/random.js";

/** Which thread guards run on: see {@link EngineOptions.thread}. */
export type EngineThread = "auto" | "caller" | "worker";

/** Settings of every engine that {@link createEngine} makes. */
export interface EngineOptions {
  /** What a guard sees of time: "deterministic" (each reading 1 ms after the last) unless given, or "real". */
  readonly clock?: ClockMode | undefined;
  /** What a guard gets as randomness: "deterministic" (the same bytes in every instance) unless given, or "real". */
  readonly random?: RandomMode | undefined;
  /** Compiled modules to keep for guards that are loaded again, a whole number, 0 for none; 16 unless given. */
  readonly maxCachedModules?: number | undefined;
  /**
   * Which thread guards run on; "auto" unless given.
   *
   * - "caller": the caller's. With JavaScript Promise Integration the event loop turns every few milliseconds, so that
   *   aborts arrive, and backends may be asynchronous. Without, a call blocks the event loop until its deadline, and
   *   backends have to answer synchronously.
   * - "worker": threads of their own, which need SharedArrayBuffer: in browsers, a cross-origin isolated page. Under Node's
   *   `--permission` they need `--allow-worker` as well.
   * - "auto": the caller's where there is JavaScript Promise Integration, else workers where they are possible, else the
   *   caller's. `capabilities` tell what came of it.
   */
  readonly thread?: EngineThread | undefined;
  /** Worker threads at most, a whole number, 1 or more; as many as the machine has cores, and at least 2, unless given. */
  readonly maxThreads?: number | undefined;
  /** Milliseconds that a call on a worker thread has to stop in before the thread is terminated, 0 or more; 100 unless given. */
  readonly graceMs?: number | undefined;
  /** Milliseconds that a guard computes on the caller's thread before the event loop turns, more than 0; 4 unless given. */
  readonly sliceMs?: number | undefined;
}

/** Choices that are made by name. */
const CHOICES = {
  clock: ["deterministic", "real"],
  random: ["deterministic", "real"],
  thread: ["auto", "caller", "worker"],
} as const satisfies Partial<Record<keyof EngineOptions, readonly string[]>>;

/** Which numbers make sense. */
const NUMBERS = {
  maxCachedModules: { least: 0, isWhole: true },
  maxThreads: { least: 1, isWhole: true },
  graceMs: { least: 0, isWhole: false },
  sliceMs: { least: Number.MIN_VALUE, isWhole: false },
} as const satisfies Partial<Record<keyof EngineOptions, NumberRange>>;

const KNOWN_OPTIONS: Readonly<Record<keyof EngineOptions, true>> = {
  clock: true,
  random: true,
  maxCachedModules: true,
  thread: true,
  maxThreads: true,
  graceMs: true,
  sliceMs: true,
};

/**
 * Throws a TypeError that names the option that does not exist, or is of another kind, and a RangeError that names the number
 * that makes no sense, also where nothing uses it on this runtime.
 *
 * @param engine whose options they are
 * @param own names of options that only this engine has
 */
export function assertEngineOptions(
  engine: string,
  options: EngineOptions,
  own: Readonly<Record<string, true>>,
): void {
  assertKnownOptions(engine, options, { ...KNOWN_OPTIONS, ...own });
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value: unknown = options[name as keyof typeof CHOICES];
    if (value === undefined || (choices as readonly unknown[]).includes(value)) continue;
    const known = choices.map((choice) => JSON.stringify(choice)).join(" or ");
    throw new TypeError(`${name} must be ${known}, not ${JSON.stringify(value)}`);
  }
  for (const [name, range] of Object.entries(NUMBERS)) {
    const value: unknown = options[name as keyof typeof NUMBERS];
    if (value !== undefined) assertNumber(name, value, range);
  }
}
