import { type Guard, type GuardEventListener, loadGuard } from "@guardhost/core";
import type { WasmGuardConfig } from "../config/guard-config.js";
import type { Logger } from "../telemetry/logger.js";
import { guardEngine } from "./guard-engine.js";
import { guardPolicy } from "./guard-policy.js";
import { guardSource } from "./guard-source.js";

/** What {@link loadWasmGuard} needs. */
export interface LoadWasmGuardOptions {
  readonly directory: string;
  readonly logger: Logger;
  readonly logGuestMessages: boolean;
  /** Calls of one principal that may wait for each other. */
  readonly maxWaitingCalls: number;
  readonly onEvent: GuardEventListener;
}

/** Loads a guard as its configuration says. Rejects as `loadGuard` does, and when files are missing. */
export async function loadWasmGuard(
  config: WasmGuardConfig,
  { directory, logger, logGuestMessages, maxWaitingCalls, onEvent }: LoadWasmGuardOptions,
): Promise<Guard> {
  const { integrity, limits, timeoutMs, maxLiveInstances, recovery } = config;
  return loadGuard(guardSource(config, directory), {
    engine: await guardEngine(config, directory),
    policySchema: guardPolicy,
    limits: limits && withoutUndefined(limits),
    timeoutMs,
    maxLiveInstances,
    recovery,
    logger,
    logGuestMessages,
    maxWaitingCalls,
    onEvent,
    ...(integrity === undefined ? {} : { integrity }),
  });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
