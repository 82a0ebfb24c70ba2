import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, type McpServer, Server, type ServerOptions } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { GuardedMcp } from "../../src/index.js";
import { guardProxy } from "../../src/sdk/index.js";

/** The revisions of MCP: with sessions, and without. */
export type Era = "2025-11-25" | "2026-07-28";

/** A client of the SDK in front of a guarded proxy, which is in front of a server of the SDK. */
export interface Connection extends AsyncDisposable {
  readonly client: Client;
}

export interface ConnectOptions {
  readonly guarded: GuardedMcp;
  readonly era: Era;
  readonly upstream: () => McpServer | Server;
  readonly client?: Client;
  readonly capabilities?: NonNullable<ServerOptions["capabilities"]>;
}

/** Connects all of them in memory, client and server by the same revision. */
export async function connect({
  guarded,
  era,
  upstream,
  client,
  capabilities,
}: ConnectOptions): Promise<Connection> {
  const [toServer, atServer] = InMemoryTransport.createLinkedPair();
  const served = serveStdio(upstream, { transport: atServer });
  const inner = speaking(
    era,
    new Client(
      { name: "proxy", version: "0.0.0" },
      { capabilities: { sampling: {}, elicitation: {}, roots: {} } },
    ),
  );
  await inner.connect(toServer);

  const [toProxy, atProxy] = InMemoryTransport.createLinkedPair();
  const offered = capabilities ?? inner.getServerCapabilities() ?? {};
  const proxy = serveStdio(
    () => {
      const server = new Server({ name: "proxy", version: "0.0.0" }, { capabilities: offered });
      guardProxy({ guarded, name: "files", server, client: inner, principal: "alice" });
      return server;
    },
    { transport: atProxy },
  );
  const outer = speaking(era, client ?? new Client({ name: "test", version: "0.0.0" }));
  await outer.connect(toProxy);
  return {
    client: outer,
    [Symbol.asyncDispose]: async () => {
      await outer.close();
      await proxy.close();
      await inner.close();
      await served.close();
    },
  };
}

function speaking(era: Era, client: Client): Client {
  client.setVersionNegotiation({ mode: era === "2025-11-25" ? "legacy" : { pin: era } });
  return client;
}
