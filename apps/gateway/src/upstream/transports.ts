import { resolve } from "node:path";
import { StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import type { HttpServerConfig, ServerConfig, StdioServerConfig } from "../config/server-config.js";
import { boundedFetch } from "./bounded-fetch.js";
import { type ProcessExit, ServerProcess } from "./server-process.js";

/** How to reach a server, once. */
export interface ServerTransport {
  readonly transport: Transport;
  /** The last that the server has said on standard error, for an operator who wants to know why it does not start. */
  lastWords(): string;
  /** How a server that is a process has ended; undefined before, and for others. */
  exit(): ProcessExit | undefined;
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
  return {
    transport,
    lastWords: () => without(transport.lastWords(), Object.values(env ?? {})),
    exit: () => transport.exit(),
  };
}

function httpTransport({ url, headers }: HttpServerConfig): ServerTransport {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: boundedFetch,
  });
  return { transport, lastWords: () => "", exit: () => undefined };
}

/** Characters from which on a value may be a secret, and is no part of other words. */
const SECRET_LENGTH = 6;

/** A text without values that may be secret: a program that does not start may print its environment. */
function without(text: string, values: readonly string[]): string {
  return values
    .filter(({ length }) => length >= SECRET_LENGTH)
    .reduce((rest, value) => rest.replaceAll(value, "***"), text);
}
