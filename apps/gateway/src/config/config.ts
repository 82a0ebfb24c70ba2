import * as z from "zod";
import type { ConfigError } from "./config-error.js";
import type { Path } from "./document.js";
import { gatewayConfig } from "./gateway-config.js";
import { guardConfig } from "./guard-config.js";
import { httpServer, type ServerConfig, serverName, stdioServer } from "./server-config.js";

const servers = z
  .record(
    serverName,
    z.union([stdioServer, httpServer], { error: "a server is an object with a command, or a url" }),
  )
  .describe("Servers behind the gateway, as every MCP client writes them.");

/** The whole file. The one source of types, checks, defaults, and of the JSON Schema for editors. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe("The schema, for editors. Not used."),
    mcpServers: servers.optional(),
    servers: servers.optional().describe("The same as mcpServers, as VS Code writes it."),
    inputs: z.unknown().optional().describe("For VS Code. Not used: secrets come from the environment."),
    guards: z.record(z.string().min(1), guardConfig).default({}).describe("Guards by name."),
    gateway: gatewayConfig.prefault({}),
  })
  .meta({ title: "Configuration of guardhost-gateway" });

type ConfigFile = z.output<typeof configSchema>;

/** A configuration that has been checked. */
export interface Config extends Pick<ConfigFile, "guards" | "gateway"> {
  /** Enabled servers, by name. */
  readonly servers: Readonly<Record<string, ServerConfig>>;
  /** The directory that relative paths start from. */
  readonly directory: string;
  /** Where a server stands in the file. */
  placeOf(server: string): Path;
  /** An error about what stands at a place in the file, for what shows only when it is used. */
  errorAt(path: Path, message: string): ConfigError;
}

/** The servers of a file that are not disabled, whichever way it spells them. */
export function enabledServers({ mcpServers = {}, servers = {} }: ConfigFile): Record<string, ServerConfig> {
  return Object.fromEntries(
    Object.entries({ ...mcpServers, ...servers }).filter(([, { disabled }]) => !disabled),
  );
}
