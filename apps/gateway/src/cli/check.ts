import type { Config } from "../config/config.js";
import { GuardSet } from "../guards/guard-set.js";
import { loadKeys } from "../http/load-keys.js";
import { warnOfHost } from "../http/request-checks.js";
import type { Logger } from "../telemetry/logger.js";

/** How a configuration is to be used. */
export interface CheckOptions {
  /** Over standard input and output, where nobody authenticates. */
  readonly stdio: boolean;
  readonly logger: Logger;
}

/**
 * Looks at all that a configuration names: guards, policies and keys. No server is started. What passes keeps nobody from
 * serving, but for an address that is taken.
 *
 * @throws ConfigError
 */
export async function checkConfig(config: Config, { stdio, logger }: CheckOptions): Promise<string> {
  if (!stdio) {
    await loadKeys(config, logger);
    warnOfHost(config.gateway, logger);
  }
  await using guards = await GuardSet.load(config, logger);
  const guardNames = new Set(Object.values(config.servers).flatMap(({ guard = [] }) => guard));
  const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  return `${count(Object.keys(guards.servers).length, "server")}, ${count(guardNames.size, "guard")}`;
}
