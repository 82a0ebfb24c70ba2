import { McpError } from "../protocol/mcp-error.js";
import type { GuardedServer } from "../server/guarded-server.js";
import { Agent } from "./agent.js";
import type { ToolRefusalListener } from "./guard-backend.js";

/** What {@link Agents} needs. */
export interface AgentsOptions {
  /** Agents whose guards are ready at the same time. */
  readonly maxAgents: number;
  readonly onCloseFailed: (error: unknown) => void;
  readonly onToolRefused: ToolRefusalListener;
}

/** The agents whose guards are ready, under one configuration. The one that has been idle for longest makes room. */
export class Agents {
  readonly servers: ReadonlyMap<string, GuardedServer>;
  readonly #options: AgentsOptions;
  /** In the order of their last use. */
  readonly #agents = new Map<string, Agent>();
  readonly #ending = new AbortController();
  #closing: Promise<void> | undefined;
  #active = 0;
  #onIdle: (() => void) | undefined;

  constructor(servers: ReadonlyMap<string, GuardedServer>, options: AgentsOptions) {
    this.servers = servers;
    this.#options = options;
  }

  /** Lets work use an agent, which stays for as long as that takes. Throws an McpError `unavailable`. */
  async use<T>(key: string, principal: string, work: (agent: Agent) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw McpError.of("unavailable", "The gateway is closing.");
    const agent = this.#agents.get(key) ?? this.#create(key, principal);
    this.#agents.delete(key);
    this.#agents.set(key, agent);
    agent.active++;
    this.#active++;
    try {
      return await work(agent);
    } finally {
      agent.active--;
      this.#active--;
      if (this.#active === 0) this.#onIdle?.();
    }
  }

  /** The agent with this key, if it is here. */
  at(key: string): Agent | undefined {
    return this.#agents.get(key);
  }

  /** The agents that are here. */
  all(): readonly Agent[] {
    return [...this.#agents.values()];
  }

  /** Aborts when no more work is taken: what would go on by itself has to end then. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Takes no more work, waits for what is at work, and then closes the sessions of guards. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#close();
      this.#ending.abort(new Error("the gateway closes, or gets other guards"));
    }
    return this.#closing;
  }

  #create(key: string, principal: string): Agent {
    const { maxAgents, onCloseFailed, onToolRefused } = this.#options;
    if (this.#agents.size >= maxAgents) {
      const idle = this.#idlest();
      if (idle === undefined) {
        throw McpError.of("unavailable", "Too many agents are at work. Try again later.");
      }
      this.#agents.delete(idle.key);
      idle.close().catch(onCloseFailed);
    }
    return new Agent(key, this.servers.values(), { principal, onToolRefused });
  }

  /** The agent that has been idle for longest. */
  #idlest(): Agent | undefined {
    for (const agent of this.#agents.values()) if (agent.active === 0) return agent;
    return undefined;
  }

  async #close(): Promise<void> {
    if (this.#active > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    const closed = await Promise.allSettled(Array.from(this.#agents.values(), (agent) => agent.close()));
    this.#agents.clear();
    const failed = closed.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    if (failed.length > 0) throw new AggregateError(failed, "not all sessions of guards ended well");
  }
}
