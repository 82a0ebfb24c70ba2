import type { Config } from "../config/config.js";
import type { Logger } from "../telemetry/logger.js";
import { Keys } from "./keys.js";

/**
 * The keys that open a gateway over HTTP; undefined where everybody may connect.
 *
 * @throws ConfigError when they cannot be read, and when nothing is said about who may connect
 */
export async function loadKeys(config: Config, logger: Logger): Promise<Keys | undefined> {
  const { auth } = config.gateway;
  if (auth === undefined) {
    throw config.errorAt(
      ["gateway"],
      'over HTTP, "auth" has to say who may connect: { "keys": […] }, or false for everybody on this machine',
    );
  }
  return auth === false ? undefined : Keys.load(config, auth.keys, logger);
}
