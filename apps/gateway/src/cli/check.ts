import type { Config } from "../config/config.js";
import { GuardSet } from "../guards/guard-set.js";
import { Keys } from "../http/keys.js";
import type { Logger } from "../telemetry/logger.js";

/**
 * Looks at all that a configuration names: guards, policies and keys. No server is started.
 *
 * @throws ConfigError
 */
export async function checkConfig(config: Config, logger: Logger): Promise<string> {
  await using guards = await GuardSet.load(config, logger);
  const { auth } = config.gateway;
  if (auth) await Keys.load(config, auth.keys);
  const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  return `${count(Object.keys(guards.servers).length, "server")}, ${count(guards.guards.size, "guard")}`;
}
