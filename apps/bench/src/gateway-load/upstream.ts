import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** An MCP server in this process that answers at once what the filesystem server would, without any file. */
export interface Upstream extends AsyncDisposable {
  readonly url: string;
}

/** Milliseconds that an idle connection is kept: longer than any of them waits for its gateway's turn. */
const KEEP_ALIVE_TIMEOUT_MS = 3_600_000;

const TREE = JSON.stringify(
  ["public", "hr", "engineering"].map((name) => ({ name, type: "directory", children: [] })),
  null,
  2,
);

/** Starts it. It speaks the older era, over HTTP, without sessions. */
export async function startUpstream(): Promise<Upstream> {
  // On a busy machine, one that is closed while it is used for the next call would lose that.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, async (request, response) => {
    if (request.method !== "POST") {
      response.writeHead(405).end();
      return;
    }
    const message = JSON.parse(await bodyOf(request)) as Message;
    if (message.id === undefined) {
      response.writeHead(202).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, ...answerTo(message) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/mcp`, [Symbol.asyncDispose]: async () => end() };
}

interface Message {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly arguments?: { readonly path?: string } };
}

function answerTo({ method, params }: Message): { result: object } | { error: object } {
  switch (method) {
    case "initialize":
      return {
        result: {
          protocolVersion: "2025-11-25",
          capabilities: { tools: {} },
          serverInfo: { name: "upstream", version: "1.0.0" },
        },
      };
    case "tools/call":
      return { result: { content: [{ type: "text", text: textOf(params) }] } };
    default:
      return { error: { code: -32_601, message: "Method not found" } };
  }
}

function textOf({ name, arguments: args }: Message["params"] = {}): string {
  switch (name) {
    case "list_allowed_directories":
      return "Allowed directories:\n/srv";
    case "directory_tree":
      return TREE;
    default:
      // Who gets another's answer notices.
      return `content of ${args?.path}`;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
