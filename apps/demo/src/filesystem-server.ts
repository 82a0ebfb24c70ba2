import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** A running server, and the client that talks to it. */
export interface FilesystemServer extends AsyncDisposable {
  readonly client: Client;
}

/**
 * Starts the MCP filesystem server on `directory` as a child process, which ends with the client. What it says on
 * standard error becomes part of the error when it cannot be reached. Aborting `signal` ends the wait for it.
 */
export async function startFilesystemServer(
  directory: string,
  signal: AbortSignal,
): Promise<FilesystemServer> {
  const program = import.meta.resolve("@modelcontextprotocol/server-filesystem/dist/index.js");
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [fileURLToPath(program), directory],
    stderr: "pipe",
  });
  const complaints: string[] = [];
  transport.stderr?.on("data", (chunk: Buffer) => complaints.push(chunk.toString()));
  const client = new Client({ name: "guardhost-demo", version: "0.0.0" });
  try {
    await client.connect(transport, { signal });
  } catch (cause) {
    await client.close();
    throw new Error(`the filesystem server could not be started: ${complaints.join("")}`, { cause });
  }
  return { client, [Symbol.asyncDispose]: () => client.close() };
}
