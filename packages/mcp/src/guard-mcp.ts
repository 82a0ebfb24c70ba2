import { assertKnownOptions, assertNumber, assertTimeout, failSafe, silentLogger } from "@guardhost/core";
import { type LabelStore, MemoryLabelStore, parseMode } from "@guardhost/difc";
import { type AgentIdentity, agentKey } from "./agent/agent-key.js";
import { Agents } from "./agent/agents.js";
import { PromptStore } from "./call/prompt-store.js";
import type { GuardMcpOptions, ServerOptions } from "./options.js";
import { isJsonObject } from "./protocol/is-json-object.js";
import type { Upstream } from "./protocol/messages.js";
import type { GuardedMethod } from "./protocol/methods.js";
import { type Reflection, reflectOn } from "./reflection.js";
import { createGuardedServer, type GuardedServer } from "./server/guarded-server.js";
import { McpSession } from "./session.js";
import type { Shared } from "./shared.js";
import { Instruments } from "./telemetry/instruments.js";
import { ToolLabels } from "./telemetry/tool-labels.js";

/** Agents whose guards are ready at the same time, unless the gateway says otherwise. */
const DEFAULT_MAX_AGENTS = 10_000;

/** Milliseconds for an answer of the store, unless the gateway says otherwise, and at most: timers end at once beyond. */
const DEFAULT_STORE_TIMEOUT_MS = 5_000;
const MAX_TIMER_MS = 2_147_483_647;

/** Who a session works for, and how it reaches servers. */
export interface SessionOptions extends AgentIdentity {
  /** Sends requests to servers, the guards' own included. */
  readonly upstream: Upstream;
}

/** Guards and the monitor around the traffic of any number of clients and servers. */
export interface GuardedMcp extends AsyncDisposable {
  /**
   * A session for requests of one agent. Cheap, also once for each request: what outlives it is kept by its identity.
   *
   * Throws a TypeError for an identity that is none, and for options that do not exist.
   */
  session(options: SessionOptions): McpSession;
  /** Whether a request other than `tools/call` can be made to this server, for the capabilities that a gateway announces. */
  understands(server: string, method: GuardedMethod): boolean;
  /** What there is, for operators: servers, guards, modes, and the labels of the agents at work, by number. */
  reflect(): Promise<Reflection>;
  /**
   * Puts other servers, guards and policies in the place of all that there are. Labels of agents stay, requests at work
   * end under what they began with, and agents are labelled anew before their next request. Resolves when nothing of the
   * former guards is in use any more, so that they may be closed: not to be awaited by what a request waits for, such as its upstream.
   * Rejects as `guardMcp` throws, and changes nothing then.
   */
  replace(servers: GuardMcpOptions["servers"]): Promise<void>;
  /**
   * Takes no more requests, lets those at work end, however long that takes, and closes the sessions of guards, not the guards. Not to be
   * awaited by what a request waits for, such as its upstream.
   */
  close(): Promise<void>;
}

const OPTIONS: Record<keyof GuardMcpOptions, true> = {
  servers: true,
  mode: true,
  modeAuthority: true,
  secrecyNotices: true,
  enforcement: true,
  store: true,
  storeTimeoutMs: true,
  maxAgents: true,
  onDecision: true,
  logger: true,
  telemetry: true,
};

const SESSION_OPTIONS: Record<keyof SessionOptions, true> = {
  principal: true,
  session: true,
  upstream: true,
};

/**
 * Guards MCP servers. Throws a TypeError for options that do not exist or make no sense, a RangeError for numbers that do
 * not, and a DifcError `INVALID_MODE` or `INVALID_LABELS`.
 */
export function guardMcp(options: GuardMcpOptions): GuardedMcp {
  assertKnownOptions("guardMcp", options, OPTIONS);
  return new GuardedServers(options);
}

class GuardedServers implements GuardedMcp {
  readonly #options: GuardMcpOptions;
  readonly #shared: Omit<Shared, "agents">;
  #agents: Agents;
  /** Those whose requests end under former guards. */
  readonly #former = new Set<Agents>();
  #isClosed = false;

  constructor(options: GuardMcpOptions) {
    const { mode = "strict", modeAuthority, secrecyNotices, enforcement = "enforce" } = options;
    const { maxAgents = DEFAULT_MAX_AGENTS, storeTimeoutMs = DEFAULT_STORE_TIMEOUT_MS } = options;
    assertNumber("maxAgents", maxAgents, { least: 1, isWhole: false });
    assertTimeout("storeTimeoutMs", storeTimeoutMs);
    if (storeTimeoutMs > MAX_TIMER_MS)
      throw new RangeError(`storeTimeoutMs must be at most ${MAX_TIMER_MS}, not ${storeTimeoutMs}`);
    assertOneOf("enforcement", enforcement, ["enforce", "audit"]);
    assertOneOf("modeAuthority", modeAuthority, ["stricter", "operator", "guard", undefined]);
    assertOneOf("secrecyNotices", secrecyNotices, ["count", "none", undefined]);
    if (options.store !== undefined && !isStore(options.store))
      throw new TypeError("store must have the methods read and join");
    if (options.onDecision !== undefined && typeof options.onDecision !== "function")
      throw new TypeError("onDecision must be a function");
    this.#options = options;
    this.#shared = {
      store: new PromptStore(options.store ?? new MemoryLabelStore(), storeTimeoutMs),
      monitorOptions: { mode: parseMode(mode), modeAuthority, secrecyNotices },
      isEnforced: enforcement === "enforce",
      logger: failSafe(options.logger ?? silentLogger),
      instruments: new Instruments(options.telemetry),
      toolLabels: new ToolLabels(),
      onDecision: options.onDecision,
    };
    this.#agents = this.#createAgents(options.servers);
  }

  session(options: SessionOptions): McpSession {
    assertKnownOptions("session", options, SESSION_OPTIONS);
    const { upstream, ...identity } = options;
    if (typeof upstream !== "function") throw new TypeError("upstream must be a function");
    const key = agentKey(identity);
    return new McpSession(
      () => ({ ...this.#shared, agents: this.#agents }),
      key,
      identity.principal,
      upstream,
    );
  }

  understands(server: string, method: GuardedMethod): boolean {
    return this.#agents.servers.get(server)?.understands(method) ?? false;
  }

  reflect(): Promise<Reflection> {
    return reflectOn({ ...this.#shared, agents: this.#agents });
  }

  async replace(servers: GuardMcpOptions["servers"]): Promise<void> {
    if (this.#isClosed) throw new TypeError("a guarded gateway that is closed cannot get other servers");
    const former = this.#agents;
    this.#agents = this.#createAgents(servers);
    this.#former.add(former);
    try {
      await former.close();
    } finally {
      this.#former.delete(former);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = await Promise.allSettled([this.#agents, ...this.#former].map((agents) => agents.close()));
    const failed = closed.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #createAgents(servers: Readonly<Record<string, ServerOptions>>): Agents {
    const guarded = new Map<string, GuardedServer>();
    if (!isJsonObject(servers)) throw new TypeError("servers must be an object of servers by their names");
    for (const [name, options] of Object.entries(servers))
      guarded.set(name, createGuardedServer(name, options));
    if (guarded.size === 0) throw new TypeError("there must be at least one server");
    const { logger, toolLabels } = this.#shared;
    return new Agents(guarded, {
      maxAgents: this.#options.maxAgents ?? DEFAULT_MAX_AGENTS,
      onCloseFailed: () => logger.warn({}, "a session of a guard did not end well"),
      onToolRefused: (server, tool) =>
        logger.warn(
          { server: server.name, tool: toolLabels.of(server, tool) },
          "a guard asks for a tool that is not among the backendTools of its server",
        ),
    });
  }
}

function assertOneOf(option: string, word: string | undefined, words: readonly (string | undefined)[]): void {
  if (words.includes(word)) return;
  const known = words.filter((one) => one !== undefined).map((one) => JSON.stringify(one));
  throw new TypeError(`${option} must be ${known.join(" or ")}`);
}

function isStore(store: unknown): boolean {
  const { read, join } = (store ?? {}) as Partial<LabelStore>;
  return typeof read === "function" && typeof join === "function";
}
