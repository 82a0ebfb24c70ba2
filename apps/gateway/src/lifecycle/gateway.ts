import type { Guard } from "@guardhost/core";
import { agentKey, type GuardedMcp, guardMcp } from "@guardhost/mcp";
import { assertReloadable } from "../config/assert-reloadable.js";
import type { Config } from "../config/config.js";
import { GuardSet } from "../guards/guard-set.js";
import { RoutedTarget } from "../mcp/routed-target.js";
import type { Caller, Target } from "../mcp/target.js";
import { UnifiedTarget } from "../mcp/unified-target.js";
import type { GatewayLabelStore } from "../store/label-store.js";
import { openStore } from "../store/open-store.js";
import { logDecision } from "../telemetry/log-decision.js";
import type { Logger } from "../telemetry/logger.js";
import { Metrics } from "../telemetry/metrics.js";
import { type ServerChange, Upstreams } from "../upstream/upstreams.js";
import { CallGate } from "./call-gate.js";
import { measure } from "./measurements.js";

/** Guards, servers and labels, without a way in: that is HTTP's, or stdio's. */
export class Gateway {
  readonly guarded: GuardedMcp;
  readonly upstreams: Upstreams;
  readonly store: GatewayLabelStore;
  readonly metrics: Metrics;
  readonly gate: CallGate;
  readonly logger: Logger;
  readonly unified: Target;
  readonly routed: ReadonlyMap<string, Target>;
  /** Told of what servers announce. */
  onChange: (change: ServerChange) => void = () => undefined;
  #config: Config;
  #guards: GuardSet;
  #reloading: Promise<void> = Promise.resolve();
  /** Guards that were replaced, until their last calls have ended. */
  readonly #replaced = new Set<Promise<void>>();

  private constructor(config: Config, guards: GuardSet, store: GatewayLabelStore, logger: Logger) {
    const { mode, enforcement } = config.gateway;
    this.#config = config;
    this.#guards = guards;
    this.logger = logger;
    this.metrics = new Metrics();
    this.store = store;
    this.gate = new CallGate(config.gateway);
    this.guarded = guardMcp({
      servers: guards.servers,
      mode,
      enforcement,
      store,
      storeTimeoutMs: config.gateway.store.timeoutMs,
      logger,
      telemetry: { meter: this.metrics.meter },
      onDecision: (decision, failure) => logDecision(logger, config.gateway, decision, failure),
    });
    this.upstreams = new Upstreams({ config, logger, onChange: (change) => this.onChange(change) });
    this.unified = new UnifiedTarget(this);
    this.routed = new Map(
      this.upstreams.names.map((name) => [name, new RoutedTarget(name, this.upstreams, this.guarded)]),
    );
    measure(this);
  }

  /**
   * Loads guards. Rejects with a ConfigError when one cannot be used; a store that cannot be reached yet is no reason not to
   * start. Servers are connected to when they are needed, or by `upstreams.warmUp()`.
   */
  static async start(config: Config, logger: Logger): Promise<Gateway> {
    const guards = await GuardSet.load(config, logger);
    try {
      return new Gateway(config, guards, await openStore(config.gateway.store, logger), logger);
    } catch (error) {
      await guards.close();
      throw error;
    }
  }

  get config(): Config {
    return this.#config;
  }

  get guards(): ReadonlyMap<string, Guard> {
    return this.#guards.guards;
  }

  /** How many principals a guard refuses for a while, because it has failed too often for them. */
  pausedPrincipals(guard: string): number {
    return this.#guards.paused.get(guard)?.count ?? 0;
  }

  /** Somebody who makes requests: by the name that authentication has established, on the connections of `owner`. */
  caller(principal: string, owner: string): Caller {
    return {
      principal,
      owner,
      session: this.guarded.session({ principal, upstream: this.upstreams.of(owner) }),
    };
  }

  /** Forgets what a principal has read. Whether there was something to forget. Rejects when the store cannot be reached. */
  resetPrincipal(principal: string): Promise<boolean> {
    return this.store.reset(agentKey({ principal }));
  }

  /**
   * Puts the guards and policies of another configuration in the place of those there are. Sessions stay, and so do calls at
   * work, which end under what they began with. Resolves when the new ones are in force. Rejects when a guard cannot be used,
   * or the gateway is ending; all is as it was then.
   */
  reload(config: Config): Promise<void> {
    const reload = this.#reloading.then(() => this.#reload(config));
    this.#reloading = reload.catch(() => undefined);
    return reload;
  }

  /** Lets calls at work end, at most for `drainMs` milliseconds, then ends everything: guards after their last call. */
  async close(drainMs: number): Promise<void> {
    const late = setTimeout(() => {
      this.logger.warn({ calls: this.gate.calls }, "calls are still at work, and are aborted");
      this.gate.abort();
    }, drainMs);
    await this.gate.close();
    clearTimeout(late);
    await this.#reloading;
    await Promise.all(this.#replaced);
    const failed: unknown[] = [];
    // What does not end well keeps nothing else from ending: not servers, above all.
    for (const part of [this.guarded, this.#guards, this.upstreams, this.store, this.metrics]) {
      await part.close().catch((error) => failed.push(error));
    }
    if (failed.length > 0) throw new AggregateError(failed, "not all parts of the gateway ended well");
  }

  async #reload(config: Config): Promise<void> {
    if (this.gate.isClosed) throw new Error("the gateway is ending");
    assertReloadable(this.#config, config);
    const guards = await GuardSet.load(config, this.logger);
    const former = this.#guards;
    const isUnused = this.guarded.replace(guards.servers);
    this.#guards = guards;
    this.#config = config;
    const ending = isUnused
      .then(() => former.close())
      .catch(() => this.logger.warn({}, "guards that were replaced did not end well"))
      .finally(() => this.#replaced.delete(ending));
    this.#replaced.add(ending);
  }
}
