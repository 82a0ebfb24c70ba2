import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Gateway } from "../lifecycle/gateway.js";
import { createClientServer } from "../mcp/client-server.js";
import type { Target } from "../mcp/target.js";
import { HttpServer } from "./http-server.js";
import type { Keys, Principal } from "./keys.js";
import { McpEndpoint } from "./mcp-endpoint.js";
import { addOperatorRoutes } from "./operator-routes.js";
import { Routes } from "./routes.js";

/** Milliseconds for answers to leave, once there are no calls any more. */
const MAX_FLUSH_MS = 5_000;

/** The gateway over HTTP. */
export class HttpGateway {
  readonly #gateway: Gateway;
  readonly #server: HttpServer;
  readonly #endpoints: readonly McpEndpoint[];

  /**
   * Makes the ways in, which lead nowhere before {@link listen}.
   *
   * @param keys undefined to let everybody in, as one principal
   */
  constructor(gateway: Gateway, keys: Keys | undefined) {
    this.#gateway = gateway;
    const { gateway: config } = gateway.config;
    const { routing, maxSessionsPerPrincipal } = config;
    const targets = new Map<string, Target>();
    if (routing !== "routed") targets.set("/mcp", gateway.unified);
    if (routing !== "unified")
      for (const [name, target] of gateway.routed) targets.set(`/mcp/${name}`, target);
    const routes = new Routes();
    this.#endpoints = Array.from(targets, ([path, target]) => this.#addEndpoint(routes, path, target));
    addOperatorRoutes(routes, gateway, () => this.#sessions);
    this.#server = new HttpServer({
      config,
      routes,
      keys,
      logger: gateway.logger,
      metrics: gateway.metrics,
      // Sessions are counted on each path by itself; and one to look at metrics.
      maxStreamsPerPrincipal: targets.size * maxSessionsPerPrincipal + 1,
    });
    gateway.onChange = (change) => {
      for (const endpoint of this.#endpoints) void endpoint.hear(change);
    };
  }

  /** Listens. Rejects when the address is taken. */
  listen(): Promise<AddressInfo> {
    return this.#server.listen();
  }

  /**
   * Lets in by other keys from now on; undefined lets everybody in, as one principal. What is open by a key that is not valid any
   * more is cut off, unless it ends within `drainSeconds`.
   */
  replaceKeys(keys: Keys | undefined): void {
    this.#server.replaceKeys(keys, this.#drainMs);
  }

  /** Refuses new requests, lets those at work end, and then ends everything. No call is lost that ends in time. */
  async close(): Promise<void> {
    const drainMs = this.#drainMs;
    const answered = this.#server.drain();
    await this.#gateway.close(drainMs);
    // No answer: it would be waited for.
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.endListening()));
    // A client that does not read its answer, or send its request to the end, is not waited for.
    const flushMs = Math.min(drainMs, MAX_FLUSH_MS);
    const late = setTimeout(flushMs, "late", { ref: false });
    if ((await Promise.race([answered, late])) === "late") {
      this.#gateway.logger.warn({}, "requests are cut off whose clients do not read, or write, to the end");
    }
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()));
    this.#server.close();
  }

  get #drainMs(): number {
    return this.#gateway.config.gateway.drainSeconds * 1_000;
  }

  get #sessions(): number {
    return this.#endpoints.reduce((sum, { sessions }) => sum + sessions.size, 0);
  }

  #addEndpoint(routes: Routes, path: string, target: Target): McpEndpoint {
    const gateway = this.#gateway;
    const { logger, gate } = gateway;
    const { maxSessions, maxSessionsPerPrincipal, maxBodyBytes, sessionIdleSeconds } = gateway.config.gateway;
    const endpoint = new McpEndpoint({
      maxSessions,
      maxSessionsPerPrincipal,
      maxBodyBytes,
      idleMs: sessionIdleSeconds * 1_000,
      logger,
      connect: ({ name }, id) =>
        createClientServer({ target, gate, era: "legacy", caller: gateway.caller(name, id) }),
      // Without sessions, what is one principal's alone is all that there is.
      serve: ({ name }) =>
        createClientServer({
          target,
          gate,
          era: "modern",
          caller: gateway.caller(name, `principal:${name}`),
        }),
      onEnd: (id) => void gateway.upstreams.release(id),
    });
    routes.add(path, {
      methods: ["GET", "POST", "DELETE"],
      access: "principal",
      handle: ({ request, response, principal }) =>
        endpoint.handle(request, response, principal as Principal),
    });
    return endpoint;
  }
}
