// Guards an MCP server that is reached over HTTP, on Cloudflare Workers. README.md says how to deploy it.
import { agentStateFromJSON, initialState, joinStates } from "@guardhost/difc";
import { guardMcp } from "@guardhost/mcp";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
// Workers compile nothing while they run. This is what `guardhost prepare` has made of the guard.
import guardModule from "./filesystem.prepared.wasm";

/** Who has a token: an object of principals by their tokens, as a secret. */
const principalOf = (request, { TOKENS }) => {
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "");
  return token !== undefined && Object.hasOwn(TOKENS, token) ? TOKENS[token] : undefined;
};

export default {
  async fetch(request, env) {
    const principal = principalOf(request, env);
    if (principal === undefined) return new Response("who are you?", { status: 401 });
    return env.AGENTS.get(env.AGENTS.idFromName(principal)).fetch(request);
  },
};

/** One agent, wherever its requests arrive. So what it has read is known in one place, and outlives the object. */
export class GuardedAgent {
  #env;
  #guarded;
  #store;

  constructor({ storage }, env) {
    this.#env = env;
    const read = async (from, agent) => {
      const text = await from.get(agent);
      return text === undefined ? undefined : agentStateFromJSON(JSON.parse(text));
    };
    this.#store = {
      read: (agent) => read(storage, agent),
      join: (agent, state) =>
        storage.transaction(async (transaction) => {
          const joined = joinStates((await read(transaction, agent)) ?? initialState, state);
          await transaction.put(agent, JSON.stringify(joined));
          return joined;
        }),
    };
  }

  async fetch(request) {
    this.#guarded ??= this.#guard();
    const session = (await this.#guarded).session({
      principal: principalOf(request, this.#env),
      upstream: (_server, asked, { signal }) => this.#ask(asked, signal),
    });
    const { id, method, params } = await request.json();
    try {
      const result = await session.handle("files", { method, params }, { signal: request.signal });
      return Response.json({ jsonrpc: "2.0", id, result });
    } catch (error) {
      const code = Number.isInteger(error.code) ? error.code : -32603;
      return Response.json({ jsonrpc: "2.0", id, error: { code, message: error.message } });
    }
  }

  async #guard() {
    const guard = await loadGuard(guardModule, {
      engine: native(),
      policySchema: anyObjectPolicy,
      prepared: true,
    });
    const { POLICY: policy } = this.#env;
    return guardMcp({
      mode: "filter",
      store: this.#store,
      servers: { files: { guard, policy, definitions: "trusted" } },
    });
  }

  async #ask({ method, params }, signal) {
    const response = await fetch(this.#env.UPSTREAM, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal,
    });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const { result, error } = await response.json();
    if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
    return result;
  }
}
