import { LOG_LEVELS } from "../abi/abi.js";
import type { GuardEngine, PartialLimits } from "../engine.js";
import { assertNumber } from "../number/assert-number.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import { assertSignal } from "../time/assert-signal.js";
import { assertTimeout } from "../time/assert-timeout.js";
import { assertEngine } from "./assert-engine.js";
import { assertKnownOptions } from "./assert-known-options.js";
import type { BreakerOptions } from "./breaker.js";
import type { GuardEventListener } from "./guard-event.js";
import type { GuardLogger } from "./logger.js";

/** Instances that are live at the same time, where neither loader nor engine says otherwise. */
const DEFAULT_MAX_LIVE_INSTANCES = 64;

/** Settings of `loadGuard`. */
export interface LoadGuardOptions {
  readonly engine: GuardEngine;
  /** Merged over `defaultLimits`. */
  readonly limits?: PartialLimits | undefined;
  /** Milliseconds for each call, waiting, opening, replaying and backend included; more than 0. 10,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for loading, and for opening an instance; more than 0. 10,000 unless given. */
  readonly loadTimeoutMs?: number | undefined;
  /** Milliseconds that a call may go on for once its session or guard is being closed; more than 0. 10,000 unless given. */
  readonly closeTimeoutMs?: number | undefined;
  /** Aborts loading, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What the module's bytes must hash to, in the format of Subresource Integrity: `sha256-…`. Nothing is checked where it is
   * left out; `undefined` is refused, because it is what a setting is that somebody forgot to set.
   */
  readonly integrity?: string;
  /**
   * The caller vouches for a compiled module: `guardhost prepare` rewrote the bytes it was made from. False unless given.
   * Says nothing about bytes, which are checked whatever they claim.
   */
  readonly prepared?: boolean | undefined;
  /** Accepts policies of the guard's own instead of allow-only ones, and may transform them. */
  readonly policySchema?: StandardSchema | undefined;
  /** Whether labelling before `labelAgent` is refused; true unless given. */
  readonly policyRequired?: boolean | undefined;
  /**
   * What becomes of a session whose instance is gone, after a trap, an exit, an abort, a deadline or a hibernation.
   *
   * - `automatic`, unless given: the next call makes it anew, with the same policy. The guard must be a function of
   *   policy and inputs, and its backend calls during `label_agent` are made again.
   * - `never`: for guards that keep state of their own. A lost instance leaves the session without a policy, required or
   *   not: calls are refused as `NO_POLICY` until `labelAgent`, which begins anew. Instances are never put away, so a call
   *   that needs one more than `maxLiveInstances` is refused as `BUSY`.
   */
  readonly recovery?: "automatic" | "never" | undefined;
  /**
   * When a guard that is lost again and again is left alone; false for never. Losses count for each principal of its own:
   * traps, exits, deadlines that stop a running guard, breaches of the ABI, and policies that cannot be replayed. A deadline
   * that comes while the guard waits for its backend does not count, nor does an abort by the caller: who changes their
   * mind five times must not be locked out.
   */
  readonly breaker?: BreakerOptions | false | undefined;
  /**
   * Instances of this guard that are live at the same time; 1 or more, Infinity for no limit. What the engine recommends
   * unless given, 64 where it recommends nothing. Beyond it, the instance that has not been used for longest is put away;
   * where all are in calls, up to 1,000 further sessions wait with a call, and more are refused as `BUSY`. Calls that a
   * backend makes for a guard exceed it instead of waiting.
   */
  readonly maxLiveInstances?: number | undefined;
  /**
   * Milliseconds after which an instance that nobody uses is put away, twice as many at the most; more than 0, Infinity for
   * never. 60,000 unless given.
   */
  readonly idleMs?: number | undefined;
  /** Calls of one session that may wait for their turn; more are refused as `BUSY`. 64 unless given. */
  readonly maxWaitingCalls?: number | undefined;
  /** Gets what happens to instances, as it happens. */
  readonly onEvent?: GuardEventListener | undefined;
  /** Gets what the host has to say. Nothing is logged unless given. */
  readonly logger?: GuardLogger | undefined;
  /** Whether `logger` also gets what the guard says: untrusted text, escaped, possibly with data of its inputs. */
  readonly logGuestMessages?: boolean | undefined;
}

/** Numbers and choices of {@link LoadGuardOptions}, with what is not given filled in. */
export interface LoadSettings {
  readonly timeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly policyRequired: boolean;
  readonly recovers: boolean;
  readonly maxLiveInstances: number;
  readonly idleMs: number;
  readonly maxWaitingCalls: number;
  readonly logGuestMessages: boolean;
}

/**
 * Checks options and fills in what is not given. Throws a TypeError for options that do not exist, or are of another kind,
 * and a RangeError for numbers that make no sense.
 */
export function resolveOptions(options: LoadGuardOptions): LoadSettings {
  assertKinds(options);
  const { engine, recovery = "automatic" } = options;
  const settings = {
    timeoutMs: options.timeoutMs ?? 10_000,
    loadTimeoutMs: options.loadTimeoutMs ?? 10_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 10_000,
    policyRequired: options.policyRequired ?? true,
    recovers: recovery === "automatic",
    maxLiveInstances: options.maxLiveInstances ?? engine.maxLiveInstances ?? DEFAULT_MAX_LIVE_INSTANCES,
    idleMs: options.idleMs ?? 60_000,
    maxWaitingCalls: options.maxWaitingCalls ?? 64,
    logGuestMessages: options.logGuestMessages ?? false,
  };
  for (const name of ["timeoutMs", "loadTimeoutMs", "closeTimeoutMs", "idleMs"] as const)
    assertTimeout(name, settings[name]);
  assertNumber("maxWaitingCalls", settings.maxWaitingCalls, { least: 0, isWhole: false });
  assertNumber("maxLiveInstances", settings.maxLiveInstances, { least: 1, isWhole: false });
  return settings;
}

/** An option that is misspelt, `integrity` above all, must not pass for one that was left out. */
function assertKinds(options: LoadGuardOptions): void {
  assertKnownOptions("loadGuard", options, OPTIONS);
  const { engine, recovery = "automatic", breaker = {}, signal, onEvent, prepared = false } = options;
  assertEngine("loadGuard", engine);
  assertSignal(signal);
  if (recovery !== "automatic" && recovery !== "never")
    throw new TypeError(`recovery must be "automatic" or "never", not ${JSON.stringify(recovery)}`);
  if (breaker !== false && (typeof breaker !== "object" || breaker === null))
    throw new TypeError("breaker must be an object or false");
  if (onEvent !== undefined && typeof onEvent !== "function")
    throw new TypeError("onEvent must be a function");
  // What passes for true without being it would let a module in unchecked.
  if (typeof prepared !== "boolean") throw new TypeError("prepared must be true or false");
  // So would a variable that is meant to hold it, and is not set.
  if ("integrity" in options && options.integrity === undefined)
    throw new TypeError("integrity is undefined: leave it out, or give the hash");
  assertCollaborators(options);
}

function assertCollaborators({ policySchema, logger }: LoadGuardOptions): void {
  if (policySchema !== undefined && typeof policySchema?.["~standard"]?.validate !== "function")
    throw new TypeError("policySchema must be a Standard Schema");
  for (const level of LOG_LEVELS) {
    if (logger !== undefined && typeof logger?.[level] !== "function")
      throw new TypeError(`logger must have a function ${level}`);
  }
}

const OPTIONS: Record<keyof LoadGuardOptions, true> = {
  engine: true,
  limits: true,
  timeoutMs: true,
  loadTimeoutMs: true,
  closeTimeoutMs: true,
  signal: true,
  integrity: true,
  prepared: true,
  policySchema: true,
  policyRequired: true,
  recovery: true,
  breaker: true,
  maxLiveInstances: true,
  idleMs: true,
  maxWaitingCalls: true,
  onEvent: true,
  logger: true,
  logGuestMessages: true,
};
