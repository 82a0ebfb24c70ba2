import type { GatewayConfig } from "../config/gateway-config.js";
import type { Logger } from "../telemetry/logger.js";
import type { GatewayLabelStore } from "./label-store.js";
import { MemoryStore } from "./memory-store.js";
import { RedisStore } from "./redis-store.js";

/** The store that a configuration names. One in Redis is connected to in the background. */
export function openStore(config: GatewayConfig["store"], logger: Logger): GatewayLabelStore {
  return config.url === "memory:" ? new MemoryStore() : new RedisStore(config, logger);
}
