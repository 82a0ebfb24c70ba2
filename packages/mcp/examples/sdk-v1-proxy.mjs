// Guards the MCP filesystem server, for any client that starts programs. With version 1 of the official SDK, and so as any
// other program that has requests on one side and a server on the other:
//
//   node sdk-v1-proxy.mjs policy.json node …/server-filesystem/dist/index.js /srv
//
// policy.json is what packages/guards/README.md describes.
import { readFile } from "node:fs/promises";
import { guardMcp } from "@guardhost/mcp";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ResultSchema } from "@modelcontextprotocol/sdk/types.js";

const [policyFile, command, ...args] = process.argv.slice(2);
const guard = await loadGuard(new URL(import.meta.resolve("@guardhost/guards/filesystem.wasm")), {
  engine: native(),
  policySchema: anyObjectPolicy,
});
const guarded = guardMcp({
  mode: "filter",
  servers: {
    files: {
      guard,
      policy: JSON.parse(await readFile(policyFile, "utf8")),
      definitions: "trusted",
      backendTools: ["list_allowed_directories"],
      readOnlyTools: ["directory_tree"],
    },
  },
});

const identity = { name: "guarded-files", version: "1.0.0" };
const client = new Client(identity);
const server = new Server(identity, { capabilities: { tools: { listChanged: true } } });

// Whoever has started this program is the only one that it works for.
const session = guarded.session({
  principal: "local",
  upstream: (_server, request, { signal, onNotification }) =>
    client.request(request, ResultSchema, {
      signal,
      onprogress: (params) => onNotification({ method: "notifications/progress", params }),
    }),
});

// Every request of the client, and what belongs to it.
server.fallbackRequestHandler = ({ method, params }, { signal, sendNotification }) =>
  session.handle("files", { method, params }, { signal, notify: sendNotification });

// What the server says outside of any request.
client.fallbackNotificationHandler = async (notification) => {
  const passed = await session.fromServer("files", notification);
  if (passed !== undefined) await server.notification(passed);
};

await client.connect(new StdioClientTransport({ command, args }));
await server.connect(new StdioServerTransport());

process.stdin.on("close", async () => {
  await guarded.close();
  await guard.close();
  await client.close();
});
