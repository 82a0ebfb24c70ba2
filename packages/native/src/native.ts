import type { GuardEngine } from "@guardhost/core";
import { threadsAvailable } from "@guardhost/thread";
import { callerGuard } from "./caller-guard.js";
import { GuardModules } from "./guard-modules.js";
import { detectJspi } from "./jspi.js";
import { GuardThreads } from "./threaded-guard.js";
import type { ClockMode } from "./wasi/clocks.js";
import type { RandomMode } from "./wasi/random.js";

/** Which thread guards run on: see {@link NativeOptions.thread}. */
export type NativeThread = "auto" | "caller" | "worker";

/** Settings of {@link native}. */
export interface NativeOptions {
  /** What a guard sees of time: "deterministic" (each reading 1 ms after the last) unless given, or "real". */
  readonly clock?: ClockMode;
  /** What a guard gets as randomness: "deterministic" (the same bytes in every instance) unless given, or "real". */
  readonly random?: RandomMode;
  /** Compiled modules to keep for guards that are loaded again, 0 for none; 16 unless given. */
  readonly maxCachedModules?: number;
  /**
   * Which thread guards run on; "auto" unless given.
   *
   * - "caller": the caller's. With JavaScript Promise Integration the event loop turns every few milliseconds, so that
   *   aborts arrive, and backends may be asynchronous. Without, a call blocks the event loop until its deadline, and
   *   backends have to answer synchronously.
   * - "worker": threads of their own, which need SharedArrayBuffer: in browsers, a cross-origin isolated page.
   * - "auto": the caller's where there is JavaScript Promise Integration, else workers where they are possible, else the
   *   caller's. `capabilities` tell what came of it.
   */
  readonly thread?: NativeThread;
  /** Worker threads at most, 1 or more; as many as the machine has cores, and at least 2, unless given. */
  readonly maxThreads?: number;
  /** Milliseconds that a call on a worker thread has to stop in before the thread is terminated; 100 unless given. */
  readonly graceMs?: number;
  /** Milliseconds that a guard computes on the caller's thread before the event loop turns, more than 0; 4 unless given. */
  readonly sliceMs?: number;
}

/** Milliseconds of a time slice by default. */
const DEFAULT_SLICE_MS = 4;

/**
 * The runtime's own WebAssembly. Every guard gets interrupt checks, by which a deadline or an abort stops it wherever it is.
 *
 * Throws a RangeError for options that make no sense. Loading a guard rejects with a GuardError `ENGINE_UNAVAILABLE` where
 * `thread: "worker"` is impossible.
 */
export function native(options: NativeOptions = {}): GuardEngine {
  const { sliceMs = DEFAULT_SLICE_MS, maxThreads, graceMs } = options;
  if (!(sliceMs > 0)) throw new RangeError(`sliceMs must be a number above 0, not ${sliceMs}`);
  const jspi = detectJspi();
  const onWorkers = usesWorkers(options.thread ?? "auto", jspi !== undefined);
  const modules = new GuardModules(options.maxCachedModules ?? 16);
  const threads = onWorkers ? new GuardThreads({ maxThreads, graceMs }) : undefined;
  const isSuspendable = onWorkers || jspi !== undefined;
  const { clock, random } = options;
  const wasi = { clock, random };
  return {
    name: "native",
    capabilities: {
      interruptible: true,
      asyncBackend: isSuspendable,
      timeSliced: isSuspendable,
      linearMemory: !onWorkers,
    },
    async compile(source, limits, { prepared = false } = {}) {
      const module = await modules.load(source, limits, prepared);
      return threads?.host({ module, limits, wasi }) ?? callerGuard(module, { limits, wasi, jspi, sliceMs });
    },
  };
}

function usesWorkers(thread: NativeThread, hasJspi: boolean): boolean {
  switch (thread) {
    case "auto":
      return !hasJspi && threadsAvailable();
    case "caller":
      return false;
    case "worker":
      return true;
    default:
      throw new RangeError(`thread must be "auto", "caller" or "worker", not ${JSON.stringify(thread)}`);
  }
}
