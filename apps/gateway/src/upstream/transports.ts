import { resolve } from "node:path";
import { StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import type { HttpServerConfig, ServerConfig, StdioServerConfig } from "../config/server-config.js";
import { boundedFetch } from "./bounded-fetch.js";
import { ServerProcess } from "./server-process.js";

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

function stdioTransport({ command, args, env, cwd }: StdioServerConfig, directory: string): ServerTransport {
  const transport = new ServerProcess({
    command,
    args,
    env,
    cwd: cwd === undefined ? undefined : resolve(directory, cwd),
  });
  return { transport, lastWords: () => transport.lastWords() };
}

function httpTransport({ url, headers }: HttpServerConfig): ServerTransport {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: boundedFetch,
  });
  return { transport, lastWords: () => "" };
}
