import type { BackendToolCall } from "@guardhost/core";
import { askUpstream, type Exchange } from "../call/exchange.js";
import type { GuardedServer } from "../server/guarded-server.js";
import { isToolReadOnly } from "../server/tool-annotations.js";

/** Told of a tool that a guard may not call, and has tried to. The name is the guard's, and may be anything. */
export type ToolRefusalListener = (server: GuardedServer, tool: string) => void;

/**
 * What a guard's session asks its server. Its answers go to the guard and nowhere else.
 *
 * The session is one, and the requests that it works for are many: its calls run one after the other, in the order in which
 * they were made, so the guard asks on behalf of the oldest that has not ended.
 */
export class GuardBackend {
  readonly #server: GuardedServer;
  readonly #onToolRefused: ToolRefusalListener;
  readonly #served: Exchange[] = [];
  #hasToldOfRefusal = false;

  /** @param onToolRefused told once: a guard that asks again and again is not to fill a log */
  constructor(server: GuardedServer, onToolRefused: ToolRefusalListener) {
    this.#server = server;
    this.#onToolRefused = onToolRefused;
  }

  /** Makes a call of the guard's session, on behalf of `exchange`. */
  async serve<T>(exchange: Exchange, call: () => Promise<T>): Promise<T> {
    // Each call has an entry of its own, also where two share an exchange.
    const entry = { ...exchange };
    this.#served.push(entry);
    try {
      return await call();
    } finally {
      this.#served.splice(this.#served.indexOf(entry), 1);
    }
  }

  /** Answers the guard, or rejects: it may only ask what its operator allows (W21). */
  async answer(call: BackendToolCall, { signal }: { readonly signal: AbortSignal }): Promise<unknown> {
    const [served] = this.#served;
    if (served === undefined) throw new Error("the guard asks on nobody's behalf");
    const exchange = { ...served, signal };
    const { name, backendTools, trustAnnotations } = this.#server;
    const isAllowed =
      backendTools.has(call.name) || (trustAnnotations && (await isToolReadOnly(exchange, name, call.name)));
    if (!isAllowed) {
      if (!this.#hasToldOfRefusal) this.#onToolRefused(this.#server, call.name);
      this.#hasToldOfRefusal = true;
      throw new Error("the guard may not call this tool");
    }
    return askUpstream(exchange, name, { method: "tools/call", params: { ...call } });
  }
}
