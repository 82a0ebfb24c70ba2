import type { McpNotification, Upstream } from "@guardhost/mcp";
import type { Config } from "../config/config.js";
import type { Logger } from "../telemetry/logger.js";
import { Connection, type ConnectionState } from "./connection.js";
import { UnreachableError } from "./errors.js";

/** What {@link Upstreams} needs. */
export interface UpstreamsOptions {
  readonly config: Pick<Config, "servers" | "directory">;
  readonly logger: Logger;
  /** Told when a server says that a list of its has changed, or a resource. */
  readonly onChange: (change: ServerChange) => void;
}

/** What a server has announced, and to whom it concerns. */
export interface ServerChange {
  readonly server: string;
  /** Whose connection it came on; undefined if it is everybody's. */
  readonly owner: string | undefined;
  readonly notification: McpNotification;
}

/** All connections to all servers. */
export class Upstreams {
  readonly #options: UpstreamsOptions;
  /** By server, then by owner. What all share has none. */
  readonly #connections = new Map<string, Map<string | undefined, Connection>>();

  #isClosed = false;

  constructor(options: UpstreamsOptions) {
    this.#options = options;
    for (const name of Object.keys(options.config.servers)) this.#connections.set(name, new Map());
  }

  get names(): readonly string[] {
    return [...this.#connections.keys()];
  }

  /** Begins to connect to servers that all share, so that the first call need not wait. */
  warmUp(): void {
    for (const [name, { connection }] of Object.entries(this.#options.config.servers)) {
      // Failures are logged, and tried again.
      if (connection === "shared")
        this.#connection(name, undefined)
          ?.open()
          .catch(() => undefined);
    }
  }

  /** How a session, or a principal without one, reaches servers. */
  of(owner: string): Upstream {
    return (server, request, context) => {
      const connection = this.#connection(server, owner);
      if (connection === undefined) return Promise.reject(new UnreachableError("there is no such server"));
      return connection.request(request, context);
    };
  }

  /** What a server says it can do, once connected. Rejects with an {@link UnreachableError}. */
  async capabilities(server: string, owner: string): Promise<Readonly<Record<string, unknown>>> {
    const connection = this.#connection(server, owner);
    await connection?.open();
    return connection?.capabilities ?? {};
  }

  /** How each server is: the best of its connections. */
  states(): Readonly<Record<string, ConnectionState>> {
    const order: ConnectionState[] = ["ready", "connecting", "down", "idle", "closed"];
    return Object.fromEntries(
      Array.from(this.#connections, ([name, owners]) => {
        const states = new Set(Array.from(owners.values(), ({ state }) => state));
        return [name, order.find((state) => states.has(state)) ?? "idle"];
      }),
    );
  }

  /** Requests that wait for a server. */
  get pending(): number {
    let pending = 0;
    for (const owners of this.#connections.values()) {
      for (const connection of owners.values()) pending += connection.pending;
    }
    return pending;
  }

  /** Closes what was one owner's alone. */
  async release(owner: string): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const owners of this.#connections.values()) {
      const connection = owners.get(owner);
      owners.delete(owner);
      if (connection !== undefined) closing.push(connection.close());
    }
    await Promise.allSettled(closing);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#connections.values()].flatMap((owners) => [...owners.values()]);
    await Promise.allSettled(all.map((connection) => connection.close()));
  }

  #connection(server: string, of: string | undefined): Connection | undefined {
    const config = this.#options.config.servers[server];
    const owners = this.#connections.get(server);
    if (config === undefined || owners === undefined || this.#isClosed) return undefined;
    const owner = config.connection === "shared" ? undefined : of;
    let connection = owners.get(owner);
    if (connection === undefined) {
      const { directory } = this.#options.config;
      const { logger, onChange } = this.#options;
      connection = new Connection({
        name: server,
        config,
        directory,
        logger,
        onChange: (notification) => onChange({ server, owner, notification }),
      });
      owners.set(owner, connection);
    }
    return connection;
  }
}
