/** A session with a gateway by plain HTTP, which costs the measuring process little. */
export class RawSession {
  readonly #url: string;
  readonly #headers: Record<string, string>;
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
    const response = await this.#post({ id: 0, method: "initialize", params });
    await response.text();
    this.#headers["mcp-session-id"] = response.headers.get("mcp-session-id") ?? "";
    this.#headers["mcp-protocol-version"] = "2025-11-25";
    await (await this.#post({ method: "notifications/initialized" })).text();
  }

  /** The text of the result of a call. Rejects when there is no reply, or another's. */
  async call(name: string, args: object): Promise<string> {
    const id = ++this.#lastId;
    const response = await this.#post({ id, method: "tools/call", params: { name, arguments: args } });
    const reply = messageOf(await response.text());
    if (reply?.id !== id) throw new Error(`a call has no reply: HTTP status ${response.status}`);
    if (reply.result === undefined) throw new Error(`a call was refused: ${JSON.stringify(reply.error)}`);
    return reply.result.content.map(({ text }) => text).join("\n");
  }

  /** Makes a call, and cancels it. */
  async cancel(name: string, args: object): Promise<void> {
    const id = ++this.#lastId;
    const gone = new AbortController();
    const call = this.#post({ id, method: "tools/call", params: { name, arguments: args } }, gone.signal);
    // Either the reply has come before, or there is none.
    const settled = call.then((response) => response.text()).catch(() => "");
    const params = { requestId: id, reason: "changed my mind" };
    await (await this.#post({ method: "notifications/cancelled", params })).text();
    gone.abort();
    await settled;
  }

  #post(message: object, signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const init = { method: "POST", headers: this.#headers, body };
    return fetch(this.#url, signal === undefined ? init : { ...init, signal });
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
