// Guards an MCP server that is reached over HTTP, on Cloudflare Workers. README.md says how to deploy it.
import { agentStateFromJSON, initialState, joinStates } from "@guardhost/difc";
import { guardMcp } from "@guardhost/mcp";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
// Workers compile nothing while they run. This is what `guardhost prepare` has made of the guard.
import guardModule from "./filesystem.prepared.wasm";

/** Whose token came with a request. The secret TOKENS lists them, as JSON; without it nobody has one. */
function principalOf(request, { TOKENS = "[]" }) {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization"))?.[1];
  if (token === undefined) return undefined;
  return JSON.parse(TOKENS).find((known) => known.token === token)?.principal;
}

const refusal = (status, text, headers) => new Response(text, { status, headers });

export default {
  async fetch(request, env) {
    const principal = principalOf(request, env);
    if (principal === undefined) return refusal(401, "who are you?", { "www-authenticate": "Bearer" });
    // Messages of the server's own would come by GET. There are no sessions to end, for which DELETE would be.
    if (request.method !== "POST") return refusal(405, "send messages by POST", { allow: "POST" });
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
    const message = await request.json().catch(() => null);
    if (typeof message?.jsonrpc !== "string") return refusal(400, "send one JSON-RPC message");
    const { id, method, params } = message;
    // The server is told nothing that needs no answer: it knows neither agents nor sessions.
    if (id === undefined || method === undefined) return refusal(202);
    try {
      // What could not be loaded now may be with the next message.
      this.#guarded ??= this.#guard().catch((error) => {
        this.#guarded = undefined;
        throw error;
      });
      const session = (await this.#guarded).session({
        principal: principalOf(request, this.#env),
        upstream: (_server, asked, { signal }) => this.#ask(asked, introduction(params), signal),
      });
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

  async #ask({ method, params }, introduction, signal) {
    const response = await fetch(this.#env.UPSTREAM, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method,
        params: method === "initialize" ? introduction : params,
      }),
      signal,
    });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const { result, error } = await answerOf(response);
    if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
    return result;
  }
}

/** Agents introduce themselves to the Worker, and it introduces itself to the server, in the agent's version of the protocol. */
const introduction = ({ protocolVersion = "2025-11-25" } = {}) => ({
  protocolVersion,
  capabilities: {},
  clientInfo: { name: "guarded-files", version: "1.0.0" },
});

/** A server answers with JSON, or with a stream of events, of which one is the answer. */
async function answerOf(response) {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.json();
  for (const event of (await response.text()).split(/\r?\n\r?\n/)) {
    const data = event.split(/\r?\n/).filter((line) => line.startsWith("data:"));
    const json = data.map((line) => line.slice("data:".length)).join("\n");
    const message = json.trim() === "" ? {} : JSON.parse(json);
    if (message.method === undefined && message.id === 1) return message;
  }
  throw new Error("the server has not answered");
}
