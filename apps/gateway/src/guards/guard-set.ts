import type { Guard } from "@guardhost/core";
import { noopGuard, parseWriteSinkPolicy, writeSinkGuard } from "@guardhost/difc";
import { guardMcp, type ServerOptions } from "@guardhost/mcp";
import type { Config } from "../config/config.js";
import type { ServerConfig } from "../config/server-config.js";
import { type Logger, withFields } from "../telemetry/logger.js";
import { failureText } from "./guard-error-text.js";
import { type LoadWasmGuardOptions, loadWasmGuard } from "./load-wasm-guard.js";
import { PausedPrincipals } from "./paused-principals.js";
import { tryPolicy } from "./try-policy.js";

/** The guards of a configuration, loaded, and what each server is guarded by. */
export class GuardSet implements AsyncDisposable {
  /** Modules by the names of their guards. */
  readonly guards: ReadonlyMap<string, Guard>;
  /** Whom these refuse for a while, by the same names. */
  readonly paused: ReadonlyMap<string, PausedPrincipals>;
  /** What `guardMcp` is told of each server. */
  readonly servers: Readonly<Record<string, ServerOptions>>;

  private constructor({ guards, paused, servers }: Pick<GuardSet, "guards" | "paused" | "servers">) {
    this.guards = guards;
    this.paused = paused;
    this.servers = servers;
  }

  /**
   * Loads every guard that a server uses, and tries every policy.
   *
   * @throws ConfigError for the first that cannot be used; nothing is left open then
   */
  static async load(config: Config, logger: Logger): Promise<GuardSet> {
    const guards = new Map<string, Guard>();
    const paused = new Map<string, PausedPrincipals>();
    try {
      for (const name of new Set(Object.values(config.servers).map(({ guard }) => guard))) {
        if (name === undefined) continue;
        const pausedByGuard = new PausedPrincipals();
        const own = withFields(logger, { guard: name });
        const guard = await load(name, config, { logger: own, onEvent: pausedByGuard.onEvent });
        if (guard === undefined) continue;
        guards.set(name, guard);
        paused.set(name, pausedByGuard);
      }
      const servers: Record<string, ServerOptions> = {};
      for (const [name, server] of Object.entries(config.servers)) {
        const options = await serverOptions(name, server, { config, guards, logger });
        assertUsable(name, options, config);
        servers[name] = options;
      }
      return new GuardSet({ guards, paused, servers });
    } catch (error) {
      await closeAll(guards);
      throw error;
    }
  }

  /** Closes the guards. Rejects with an AggregateError of what did not end well. */
  async close(): Promise<void> {
    const failed = await closeAll(this.guards);
    if (failed.length > 0) throw new AggregateError(failed, "not all guards ended well");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function load(
  name: string,
  config: Config,
  options: Pick<LoadWasmGuardOptions, "logger" | "onEvent">,
): Promise<Guard | undefined> {
  const guard = config.guards[name];
  if (guard?.type !== "wasm") return undefined;
  const { directory, gateway } = config;
  try {
    return await loadWasmGuard(guard, {
      ...options,
      directory,
      logGuestMessages: gateway.logGuestMessages,
      // All that the gateway lets in, so that nothing is refused half-way.
      maxWaitingCalls: gateway.maxConcurrentCallsPerPrincipal,
    });
  } catch (cause) {
    throw config.errorAt(["guards", name], `the guard cannot be loaded: ${failureText(cause)}`);
  }
}

interface Context {
  readonly config: Config;
  readonly guards: ReadonlyMap<string, Guard>;
  readonly logger: Logger;
}

async function serverOptions(name: string, server: ServerConfig, context: Context): Promise<ServerOptions> {
  const { backendTools, readOnlyTools, trustAnnotations, definitions, guardedMethods } = server;
  const common = { backendTools, readOnlyTools, trustAnnotations, definitions, guardedMethods };
  const guardName = server.guard ?? "";
  const config = context.config.guards[guardName];
  if (config === undefined || config.type === "noop") {
    if (config === undefined) context.logger.warn({ server: name }, "a server is used without a guard");
    return { ...common, guard: noopGuard };
  }
  const policy = server.policy ?? config.policy;
  try {
    if (config.type === "write-sink")
      return { ...common, guard: writeSinkGuard(parseWriteSinkPolicy(policy)) };
    const guard = context.guards.get(guardName);
    if (guard === undefined) throw new Error("it is not loaded");
    if ((await tryPolicy(guard, policy)) === "unknown") {
      context.logger.warn(
        { server: name },
        "a policy cannot be tried without its server; the first call tells",
      );
    }
    return { ...common, guard, policy };
  } catch (cause) {
    const place =
      server.policy === undefined
        ? ["guards", guardName, "policy"]
        : [...context.config.placeOf(name), "policy"];
    throw context.config.errorAt(
      place,
      `the guard does not accept this policy on the server ${name}: ${failureText(cause)}`,
    );
  }
}

/** Throws a ConfigError for what the library would refuse, as a whole and without a place. */
function assertUsable(name: string, options: ServerOptions, config: Config): void {
  try {
    guardMcp({ servers: { [name]: options } });
  } catch (cause) {
    throw config.errorAt(config.placeOf(name), (cause as Error).message);
  }
}

async function closeAll(guards: ReadonlyMap<string, Guard>): Promise<unknown[]> {
  const closed = await Promise.allSettled(Array.from(guards.values(), (guard) => guard.close()));
  return closed.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
}
