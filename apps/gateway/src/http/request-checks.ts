import type { IncomingMessage, ServerResponse } from "node:http";
import { hostHeaderValidation, originValidation } from "@modelcontextprotocol/node";
import { localhostAllowedHostnames, localhostAllowedOrigins } from "@modelcontextprotocol/server";
import type { GatewayConfig } from "../config/gateway-config.js";
import type { Logger } from "../telemetry/logger.js";

/** Whether a request may be looked at. Has answered it if not. */
export type RequestCheck = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Addresses that stand for all of a machine's, and that no client asks for, as URLs spell them. */
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "[::]", "[::ffff:0:0]"]);

/** Warns of a gateway that listens to the network, and lets in nobody from there. */
export function warnOfHost({ host, allowedHosts }: GatewayConfig, logger: Logger): void {
  const url = `http://${inUrl(host)}`;
  if (allowedHosts !== undefined || !URL.canParse(url) || !WILDCARDS.has(new URL(url).hostname)) return;
  const advice = '"gateway.allowedHosts" has the names that others use';
  logger.warn({ host }, `only requests for localhost are let in: ${advice}`);
}

/**
 * Keeps web pages out that a browser lets reach the gateway: those of other origins, and those whose name was made to point
 * here.
 */
export function createRequestCheck({ host, allowedHosts, allowedOrigins }: GatewayConfig): RequestCheck {
  const checkHost = hostHeaderValidation(allowedHosts ?? [...localhostAllowedHostnames(), inUrl(host)]);
  const checkOrigin = originValidation(allowedOrigins ?? localhostAllowedOrigins());
  return (request, response) => checkHost(request, response) && checkOrigin(request, response);
}

function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
