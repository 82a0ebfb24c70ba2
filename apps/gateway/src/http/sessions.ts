import { randomUUID } from "node:crypto";
import { McpError } from "@guardhost/mcp";
import type { ClientServer } from "../mcp/client-server.js";
import type { ServerChange } from "../upstream/upstreams.js";
import type { Principal } from "./keys.js";
import { rpcError } from "./rpc-error.js";
import { SessionTransport } from "./session-transport.js";

/** A session of a client of the era that has them. */
interface Session {
  readonly principal: string;
  readonly client: ClientServer;
  readonly transport: SessionTransport;
  /** Requests and streams that are open. */
  open: number;
  lastUsedAt: number;
}

/** What {@link Sessions} needs. */
export interface SessionsOptions {
  readonly maxSessions: number;
  readonly maxSessionsPerPrincipal: number;
  readonly idleMs: number;
  readonly maxBodyBytes: number;
  /** Makes what answers a client. `id` is that of its session. */
  readonly connect: (principal: Principal, id: string) => Promise<ClientServer>;
  /** Told of a session that has ended. */
  readonly onEnd: (id: string) => void;
}

/**
 * Sessions over HTTP. Each belongs to the principal that began it: for others it is not there. They are bounded in number, and
 * end when nobody has used them for a while.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #sweeper: NodeJS.Timeout;
  /** Sessions that are about to be there. */
  readonly #opening = new Set<{ readonly principal: string }>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#sweeper = setInterval(
      () => this.#sweep(),
      Math.max(50, Math.min(options.idleMs / 2, 60_000)),
    ).unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Answers a request of a session, or one that begins one. */
  async fetch(request: Request, principal: Principal): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null) return this.#begin(request, principal);
    const session = this.#sessions.get(id);
    if (session === undefined || session.principal !== principal.name) {
      return rpcError(404, -32_001, "Session not found");
    }
    return session.transport.handleRequest(request);
  }

  /** Keeps a principal's session from ending until what is returned is called. */
  hold(id: string | undefined, { name }: Principal): () => void {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (session?.principal !== name) return () => undefined;
    session.open++;
    return () => {
      session.open--;
      session.lastUsedAt = performance.now();
    };
  }

  /** Lets clients hear what a server has announced, as far as it concerns them. */
  async hear(change: ServerChange): Promise<void> {
    const listeners = [...this.#sessions].filter(([id]) => change.owner === undefined || change.owner === id);
    await Promise.allSettled(listeners.map(([, { client }]) => client.hear(change)));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.allSettled([...this.#sessions.keys()].map((id) => this.#end(id)));
  }

  async #begin(request: Request, principal: Principal): Promise<Response> {
    const refusal = this.#refusal(principal);
    if (refusal !== undefined) return rpcError(429, refusal.code, refusal.message);
    const opening = { principal: principal.name };
    this.#opening.add(opening);
    const id = randomUUID();
    try {
      const client = await this.#options.connect(principal, id);
      const transport = new SessionTransport({
        sessionIdGenerator: () => id,
        maxRequestBodySize: this.#options.maxBodyBytes,
        onsessioninitialized: () => {
          const session = { principal: principal.name, client, transport, open: 0 };
          this.#sessions.set(id, { ...session, lastUsedAt: performance.now() });
          this.#opening.delete(opening);
        },
        onsessionclosed: () => void this.#end(id),
      });
      await client.server.connect(transport);
      const response = await transport.handleRequest(request);
      if (!this.#sessions.has(id)) await client.server.close();
      return response;
    } finally {
      this.#opening.delete(opening);
      // Whatever it was, it has not begun a session.
      if (!this.#sessions.has(id)) this.#options.onEnd(id);
    }
  }

  #refusal({ name }: Principal): McpError | undefined {
    const { maxSessions, maxSessionsPerPrincipal } = this.#options;
    if (this.#sessions.size + this.#opening.size >= maxSessions) {
      return McpError.of("unavailable", "The gateway has too many sessions. End one, or try again later.");
    }
    let own = 0;
    for (const { principal } of [...this.#sessions.values(), ...this.#opening]) if (principal === name) own++;
    return own < maxSessionsPerPrincipal
      ? undefined
      : McpError.of("unavailable", "You have too many sessions. End one, or try again later.");
  }

  #sweep(): void {
    const { idleMs } = this.#options;
    for (const [id, { open, lastUsedAt }] of this.#sessions) {
      if (open === 0 && performance.now() - lastUsedAt >= idleMs) void this.#end(id);
    }
  }

  async #end(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    // Nobody is left to tell of what fails.
    await session.client.server.close().catch(() => undefined);
    this.#options.onEnd(id);
  }
}
