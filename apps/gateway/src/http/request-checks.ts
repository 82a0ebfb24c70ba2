import type { IncomingMessage, ServerResponse } from "node:http";
import { hostHeaderValidation, originValidation } from "@modelcontextprotocol/node";
import { localhostAllowedHostnames, localhostAllowedOrigins } from "@modelcontextprotocol/server";
import type { GatewayConfig } from "../config/gateway-config.js";

/** Whether a request may be looked at. Has answered it if not. */
export type RequestCheck = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Keeps web pages out that a browser lets reach the gateway: those of other origins, and those whose name was made to point
 * here.
 */
export function createRequestCheck({ host, allowedHosts, allowedOrigins }: GatewayConfig): RequestCheck {
  const own = host.includes(":") ? `[${host}]` : host;
  const checkHost = hostHeaderValidation(allowedHosts ?? [...localhostAllowedHostnames(), own]);
  const checkOrigin = originValidation(allowedOrigins ?? localhostAllowedOrigins());
  return (request, response) => checkHost(request, response) && checkOrigin(request, response);
}
