import type { Config } from "../config/config.js";
import { loadConfig } from "../config/load-config.js";
import { HttpGateway } from "../http/http-gateway.js";
import type { Keys } from "../http/keys.js";
import { loadKeys } from "../http/load-keys.js";
import { warnOfHost } from "../http/request-checks.js";
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

/** A gateway, and the way into it. */
interface Served {
  readonly gateway: Gateway;
  readonly entrance: HttpGateway | StdioGateway;
}

/**
 * Serves until it is told to end, by a signal or, over stdio, by its client.
 *
 * @throws ConfigError when a guard or key cannot be used, and what listening throws
 */
export async function serve(config: Config, options: ServeOptions): Promise<void> {
  const { file, stdio, logger } = options;
  // First of all, because nothing is to be ended when they are wrong.
  const keys = stdio ? undefined : await loadKeys(config, logger);
  const { promise: told, resolve: end } = deferred();
  const starting = start(config, { stdio, logger, keys, end });
  let reloading = Promise.resolve();
  const isTold = listenToSignals({
    end,
    reload: () => {
      reloading = reloading
        // After the former one, or what was read first could be in force last.
        .then(async () => reload(await starting, file))
        // What cannot start has nothing to reload, and says so below.
        .catch(() => undefined);
    },
  });
  const { gateway, entrance } = await starting;
  await told;
  isTold();
  logger.info({ calls: gateway.gate.calls }, "the gateway is ending");
  await entrance.close();
  logger.info({}, "the gateway has ended");
}

interface StartOptions extends Pick<ServeOptions, "stdio" | "logger"> {
  readonly keys: Keys | undefined;
  readonly end: () => void;
}

async function start(config: Config, { stdio, logger, keys, end }: StartOptions): Promise<Served> {
  const gateway = await Gateway.start(config, logger);
  const entrance = stdio ? new StdioGateway(gateway, end) : await listen(gateway, keys);
  // Not before: where the address is taken, nobody is to wait until servers have started, and ended.
  gateway.upstreams.warmUp();
  return { gateway, entrance };
}

async function listen(gateway: Gateway, keys: Keys | undefined): Promise<HttpGateway> {
  warnOfHost(gateway.config.gateway, gateway.logger);
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

/** Reads the file again. What cannot be used changes nothing, and is logged. */
async function reload({ gateway, entrance }: Served, file: string): Promise<void> {
  const { logger } = gateway;
  try {
    const config = await loadConfig(file, process.env);
    const http = entrance instanceof HttpGateway ? entrance : undefined;
    const keys = http && (await loadKeys(config, logger));
    await gateway.reload(config);
    http?.replaceKeys(keys);
    logger.info({}, "guards, policies and keys were read again");
  } catch (error) {
    // Asked for too late: there is nothing left to be replaced.
    if (gateway.gate.isClosed) return;
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
