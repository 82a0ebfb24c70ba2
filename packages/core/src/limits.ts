import { ABI_LIMITS, MAX_PAGES } from "./abi/abi.js";
import type { GuardLimits } from "./engine.js";

/** Bytes that one buffer can have: pointers and lengths have 32 bits, and label functions answer with a signed number. */
const MAX_BUFFER_BYTES = 2_147_483_647;

/** The limits of a guard that was loaded without any. */
export const defaultLimits: GuardLimits = {
  ...ABI_LIMITS,
  maxTableElements: 100_000,
  /** 8 MiB. */
  maxModuleBytes: 8_388_608,
  /** 256 KiB. */
  maxBackendArgsBytes: 262_144,
  /** 64 KiB. */
  maxLogBytes: 65_536,
  allowDirectMemory: false,
};

/** Merges `limits` over {@link defaultLimits}. Throws a RangeError that names the limit that makes no sense. */
export function resolveLimits(limits: Partial<GuardLimits> = {}): GuardLimits {
  const merged = { ...defaultLimits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(merged, name)) throw new RangeError(`limits.${name} is not a limit`);
    if (value !== undefined) Object.assign(merged, { [name]: value });
  }
  for (const [name, value] of Object.entries(merged)) {
    if (name === "allowDirectMemory") {
      if (typeof value !== "boolean")
        throw new RangeError(`limits.${name} must be true or false, not ${value}`);
    } else if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw new RangeError(`limits.${name} must be a whole number from 0 up, not ${value}`);
    }
  }
  for (const name of ["maxInputBytes", "maxOutputBytes"] as const) {
    if (merged[name] > MAX_BUFFER_BYTES) {
      throw new RangeError(`limits.${name} must be at most ${MAX_BUFFER_BYTES}, not ${merged[name]}`);
    }
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
  return merged;
}
