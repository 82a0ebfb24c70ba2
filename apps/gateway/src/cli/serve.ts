import type { Config } from "../config/config.js";
import { loadConfig } from "../config/load-config.js";
import { HttpGateway } from "../http/http-gateway.js";
import type { Keys } from "../http/keys.js";
import { loadKeys } from "../http/load-keys.js";
import { Gateway } from "../lifecycle/gateway.js";
import { StdioGateway } from "../lifecycle/stdio-gateway.js";
import type { Logger } from "../telemetry/logger.js";
import { listenToSignals } from "./signals.js";

/** What {@link serve} needs. */
export interface ServeOptions {
  readonly file: string;
  readonly stdio: boolean;
  readonly logger: Logger;
}

/**
 * Serves until it is told to end, by a signal or, over stdio, by its client.
 *
 * @throws ConfigError when a guard or key cannot be used, and what listening throws
 */
export async function serve(config: Config, { file, stdio, logger }: ServeOptions): Promise<void> {
  // First of all, because nothing is to be ended when they are wrong.
  const keys = stdio ? undefined : await loadKeys(config, logger);
  const { promise: told, resolve: end } = deferred();
  const starting = Gateway.start(config, logger);
  const isTold = listenToSignals({
    end,
    // What cannot start has nothing to reload, and says so below.
    reload: () =>
      void starting.then(
        (gateway) => reload(gateway, file),
        () => undefined,
      ),
  });
  const gateway = await starting;
  const entrance = stdio ? new StdioGateway(gateway, end) : await listen(gateway, keys);
  await told;
  isTold();
  logger.info({ calls: gateway.gate.calls }, "the gateway is ending");
  await entrance.close();
  logger.info({}, "the gateway has ended");
}

async function listen(gateway: Gateway, keys: Keys | undefined): Promise<HttpGateway> {
  const http = new HttpGateway(gateway, keys);
  try {
    const { address, port, family } = await http.listen();
    const host = family === "IPv6" ? `[${address}]` : address;
    gateway.logger.info({ url: `http://${host}:${port}` }, "the gateway listens");
    return http;
  } catch (error) {
    await gateway.close(0);
    throw error;
  }
}

async function reload(gateway: Gateway, file: string): Promise<void> {
  const { logger } = gateway;
  try {
    await gateway.reload(await loadConfig(file, process.env));
    logger.info({}, "guards and policies were read again");
  } catch (error) {
    logger.error(
      { error: (error as Error).message },
      "the configuration cannot be used; the former one stays",
    );
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
