import { fileURLToPath } from "node:url";
import { policy } from "./policy.js";

/** The variable that holds the key of the demo's one agent. */
export const KEY_VARIABLE = "GUARDHOST_DEMO_KEY";

/** Tools of the filesystem server that change nothing. */
const READ_ONLY_TOOLS = [
  "read_text_file",
  "read_multiple_files",
  "list_directory",
  "directory_tree",
  "search_files",
  "get_file_info",
];

/** What the gateway is told: one server, one guard, and one agent that may connect. */
export function gatewayConfig(directory: string, port: number): object {
  const server = import.meta.resolve("@modelcontextprotocol/server-filesystem/dist/index.js");
  return {
    mcpServers: {
      files: {
        command: process.execPath,
        args: [fileURLToPath(server), directory],
        guard: "filesystem",
        policy,
        // The guard asks it which directories there are, and nothing else.
        backendTools: ["list_allowed_directories"],
        readOnlyTools: READ_ONLY_TOOLS,
        // What the server says about its tools may be believed.
        definitions: "trusted",
      },
    },
    guards: { filesystem: { path: fileURLToPath(import.meta.resolve("@guardhost/guards/filesystem.wasm")) } },
    gateway: {
      port,
      mode: "filter",
      auth: { keys: [{ name: "assistant", key: `\${${KEY_VARIABLE}:-}` }] },
    },
  };
}
