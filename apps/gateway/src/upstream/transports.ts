import { resolve } from "node:path";
import { StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { HttpServerConfig, ServerConfig, StdioServerConfig } from "../config/server-config.js";
import { Tail } from "./tail.js";

/** How to reach a server, once. */
export interface ServerTransport {
  readonly transport: Transport;
  /** The last that the server has said on standard error, for an operator who wants to know why it does not start. */
  lastWords(): string;
}

/** A fresh way to a server. Paths start from `directory`. */
export function createTransport(config: ServerConfig, directory: string): ServerTransport {
  return config.type === "stdio" ? stdioTransport(config, directory) : httpTransport(config);
}

/**
 * Not the SDK's own class, for which it starts a second process to ask which revision of MCP the server speaks: this one
 * is asked itself.
 */
class ChildProcessTransport extends StdioClientTransport {}

function stdioTransport({ command, args, env, cwd }: StdioServerConfig, directory: string): ServerTransport {
  const transport = new ChildProcessTransport({
    command,
    args,
    env: { ...getDefaultEnvironment(), ...env },
    ...(cwd === undefined ? {} : { cwd: resolve(directory, cwd) }),
    stderr: "pipe",
  });
  const tail = new Tail();
  // It has to be read, or the server waits for ever once the pipe is full.
  transport.stderr?.on("data", (chunk: Buffer) => tail.push(chunk));
  return { transport, lastWords: () => tail.text() };
}

function httpTransport({ url, headers }: HttpServerConfig): ServerTransport {
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  return { transport, lastWords: () => "" };
}
