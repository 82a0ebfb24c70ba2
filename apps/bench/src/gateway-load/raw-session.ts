import { type Answer, keptConnection, post } from "./post.js";

/** A session with a gateway by plain HTTP, which costs the measuring process little. */
export class RawSession {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #agent = keptConnection();
  #lastId = 0;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#headers = {
      authorization: `Bearer ${key}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
    };
  }

  async open(): Promise<void> {
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "load", version: "1.0.0" },
    };
    const { sessionId = "" } = await this.#post({ id: 0, method: "initialize", params });
    this.#headers["mcp-session-id"] = sessionId;
    this.#headers["mcp-protocol-version"] = "2025-11-25";
    await this.#post({ method: "notifications/initialized" });
  }

  /** The text of the result of a call. Rejects when there is no reply, or another's. */
  async call(name: string, args: object): Promise<string> {
    const id = ++this.#lastId;
    const { status, text } = await this.#post({
      id,
      method: "tools/call",
      params: { name, arguments: args },
    });
    const reply = messageOf(text);
    if (reply?.id !== id) throw new Error(`a call has no reply: HTTP status ${status}`);
    if (reply.result === undefined) throw new Error(`a call was refused: ${JSON.stringify(reply.error)}`);
    return reply.result.content.map((block) => block.text).join("\n");
  }

  /** Makes a call, and cancels it. */
  async cancel(name: string, args: object): Promise<void> {
    const id = ++this.#lastId;
    const gone = new AbortController();
    const message = { id, method: "tools/call", params: { name, arguments: args } };
    // Either the reply has come before, or there is none. On a connection of its own, which ends with it.
    const settled = this.#post(message, { signal: gone.signal }).catch(() => undefined);
    await this.#post({
      method: "notifications/cancelled",
      params: { requestId: id, reason: "changed my mind" },
    });
    gone.abort();
    await settled;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(message: object, options: Parameters<typeof post>[3] = { agent: this.#agent }): Promise<Answer> {
    return post(this.#url, this.#headers, JSON.stringify({ jsonrpc: "2.0", ...message }), options);
  }
}

interface Reply {
  readonly id?: number;
  readonly result?: { readonly content: readonly { readonly text: string }[] };
  readonly error?: unknown;
}

/** The message in an answer, which is JSON, or a stream of one event. */
function messageOf(text: string): Reply | undefined {
  const json = /^data: (.+)$/m.exec(text)?.[1] ?? (text.startsWith("{") ? text : undefined);
  return json === undefined ? undefined : (JSON.parse(json) as Reply);
}
