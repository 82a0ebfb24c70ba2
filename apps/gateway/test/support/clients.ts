import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

/** The two eras of MCP, by the revisions that the tests speak. */
export const ERAS = ["2025-11-25", "2026-07-28"] as const;
export type Era = (typeof ERAS)[number];

/** How to connect. */
export interface ConnectOptions {
  readonly era?: Era;
  /** The secret of a principal. */
  readonly key?: string;
  readonly options?: ClientOptions;
}

/** The official client, without a connection. */
export function createClient(era: Era = "2025-11-25", options: ClientOptions = {}): Client {
  return new Client(
    { name: "test", version: "1.0.0" },
    { ...options, versionNegotiation: { mode: era === "2025-11-25" ? "legacy" : { pin: era } } },
  );
}

/** The official client, connected over HTTP. Disposing closes it. */
export async function connect(
  url: string,
  { era, key, options }: ConnectOptions = {},
): Promise<Client & AsyncDisposable> {
  const client = createClient(era, options);
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** The text of a result. */
export function textOf(result: { readonly content?: unknown }): string {
  const content = Array.isArray(result.content) ? result.content : [];
  return content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
}
