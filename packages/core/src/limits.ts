import { ABI_LIMITS, MAX_PAGES } from "./abi/abi.js";
import { deepFreeze } from "./deep-freeze.js";
import type { GuardLimits, PartialLimits } from "./engine.js";
import { wrongNumber } from "./number/wrong-number.js";

/** Bytes that one buffer can have: pointers and lengths have 32 bits, and label functions answer with a signed number. */
const MAX_BUFFER_BYTES = 2_147_483_647;

/**
 * How much of each thing a module may have. Engines make all of it when they load a guard or open an instance, without
 * being interruptible, and keep much of it on the host's own heap, which ends the process when it is full. Figures are for
 * Node 20 and 26 on one core, whichever is worse; a guard of 3 MB in Go has 16 types, 2,226 functions and elements, and 8 globals.
 */
export const MODULE_LIMITS = {
  /** 5 ms to validate. Node 20 compares each with all others: 10,000 take half a second, and 100,000 take 75 s. */
  types: 1_000,
  /** Parameters and results of a function type. Each call is checked for all of them: half a second for 8 MiB of calls. */
  signatureValues: 64,
  /** Below 1 ms. A function may be imported any number of times. */
  imports: 1_000,
  /** 25 ms to compile, and 20 MiB of heap in an instance that refers to each. */
  functions: 100_000,
  /** In all functions together: 10 ms to validate. */
  locals: 10_000_000,
  /** Engines keep 16 bytes for each parameter and result until they are through with the function: 10 MiB. */
  typedBlocks: 10_000,
  /** Constructs that are open at a time. Engines keep up to 800 bytes for each: 16 MiB. */
  nesting: 20_000,
  /** 10 ms and 7 MiB of heap, full of 100,000 elements each. */
  tables: 4,
  /** 4 ms, and 2 MiB of heap if each refers to a function of its own. */
  globals: 10_000,
  /** Below 1 ms. */
  tags: 1_000,
  /** Values that one exception carries. It has up to 168 bytes of heap then, for each 8 bytes of stack that hold it. */
  tagParameters: 4,
  /** 8 ms, and 2 MiB of heap. */
  exports: 10_000,
  /** In all element segments together: 10 ms. */
  elements: 100_000,
} as const;
deepFreeze(MODULE_LIMITS);

/** The limits of a guard that was loaded without any. */
export const defaultLimits: GuardLimits = deepFreeze({
  ...ABI_LIMITS,
  maxTableElements: 100_000,
  /** 8 MiB. */
  maxModuleBytes: 8_388_608,
  /** 256 KiB. */
  maxBackendArgsBytes: 262_144,
  /** 64 KiB. */
  maxLogBytes: 65_536,
  allowDirectMemory: false,
});

/**
 * Bytes that are read of a guard at most. More than `maxModuleBytes`, because a prepared guard can hold the one that it was
 * made of as well, and that is the one which the limit is about: both together have about 2.2 times its size.
 */
export function maxSourceBytes({ maxModuleBytes }: GuardLimits): number {
  return 3 * maxModuleBytes + 65_536;
}

/**
 * Merges `limits` over {@link defaultLimits}; the initial output buffer is no larger than the largest one may be. What
 * comes back is frozen. Throws a TypeError that names the limit that does not exist, or is of another kind, and a RangeError
 * for a number that makes no sense.
 */
export function resolveLimits(limits: PartialLimits = {}): GuardLimits {
  if (typeof limits !== "object" || limits === null) throw new TypeError("limits must be an object");
  const merged = { ...defaultLimits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(merged, name)) throw new TypeError(`limits.${name} is not a limit`);
    if (value !== undefined) Object.assign(merged, { [name]: value });
  }
  for (const [name, value] of Object.entries(merged)) {
    if (name === "allowDirectMemory") {
      if (typeof value !== "boolean") throw new TypeError(`limits.${name} must be true or false`);
    } else if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw wrongNumber(`limits.${name}`, "a whole number from 0 up", value);
    }
  }
  for (const name of ["maxInputBytes", "maxOutputBytes"] as const) {
    if (merged[name] > MAX_BUFFER_BYTES) {
      throw new RangeError(`limits.${name} must be at most ${MAX_BUFFER_BYTES}, not ${merged[name]}`);
    }
  }
  // Not named by its caller, it follows the maximum that is.
  if (limits.initialOutputBytes === undefined) {
    Object.assign(merged, {
      initialOutputBytes: Math.min(merged.initialOutputBytes, merged.maxOutputBytes),
    });
  }
  if (merged.maxAttempts < 1) throw new RangeError("limits.maxAttempts must be at least 1");
  if (merged.maxMemoryPages < 1 || merged.maxMemoryPages > MAX_PAGES) {
    throw new RangeError(
      `limits.maxMemoryPages must be from 1 to ${MAX_PAGES}, not ${merged.maxMemoryPages}`,
    );
  }
  if (merged.initialOutputBytes < 4 || merged.initialOutputBytes > merged.maxOutputBytes) {
    throw new RangeError("limits.initialOutputBytes must be from 4 to limits.maxOutputBytes");
  }
  return Object.freeze(merged);
}
