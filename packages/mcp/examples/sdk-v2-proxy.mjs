// Guards the MCP filesystem server, for any client that starts programs. With version 2 of the official SDK:
//
//   node sdk-v2-proxy.mjs policy.json node …/server-filesystem/dist/index.js /srv
//
// policy.json is what packages/guards/README.md describes.
import { readFile } from "node:fs/promises";
import { guardMcp } from "@guardhost/mcp";
import { guardProxy } from "@guardhost/mcp/sdk";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

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
await client.connect(new StdioClientTransport({ command, args }));

// Whoever has started this program is the only one that it works for.
serveStdio(() => {
  const server = new Server(identity, { capabilities: { tools: { listChanged: true } } });
  guardProxy({ guarded, name: "files", server, client, principal: "local" });
  return server;
});

process.stdin.on("close", async () => {
  await guarded.close();
  await guard.close();
  await client.close();
});
