import type { GuardedMcp, HandleOptions, McpRequest, McpResult } from "@guardhost/mcp";
import type { Upstreams } from "../upstream/upstreams.js";
import { announced } from "./capabilities.js";
import type { Caller, Target } from "./target.js";

/** One server, under its own names. */
export class RoutedTarget implements Target {
  readonly servers: readonly [string];
  readonly #server: string;
  readonly #upstreams: Upstreams;
  readonly #guarded: GuardedMcp;

  constructor(server: string, upstreams: Upstreams, guarded: GuardedMcp) {
    this.servers = [server];
    this.#server = server;
    this.#upstreams = upstreams;
    this.#guarded = guarded;
  }

  async capabilities({ owner }: Caller): Promise<Record<string, object>> {
    const own = await this.#upstreams.capabilities(this.#server, owner).catch(() => undefined);
    return announced(own === undefined ? undefined : new Set(Object.keys(own)), (method) =>
      this.#guarded.understands(this.#server, method),
    );
  }

  handle({ session }: Caller, request: McpRequest, options: HandleOptions): Promise<McpResult> {
    return session.handle(this.#server, request, options);
  }

  uriOf(_server: string, uri: string): string {
    return uri;
  }
}
