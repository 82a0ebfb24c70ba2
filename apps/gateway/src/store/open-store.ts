import type { GatewayConfig } from "../config/gateway-config.js";
import type { Logger } from "../telemetry/logger.js";
import type { GatewayLabelStore } from "./label-store.js";
import { MemoryStore } from "./memory-store.js";

/** The store that a configuration names. One in Redis is connected to in the background. */
export async function openStore(config: GatewayConfig["store"], logger: Logger): Promise<GatewayLabelStore> {
  if (config.url === "memory:") return new MemoryStore();
  // Half of all modules that a gateway loads, for those that use them.
  const { RedisStore } = await import("./redis-store.js");
  return new RedisStore(config, logger);
}
