import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { ClientServer } from "../mcp/client-server.js";
import type { Logger } from "../telemetry/logger.js";
import type { ServerChange } from "../upstream/upstreams.js";
import { withBoundedBody } from "./bounded-body.js";
import type { Principal } from "./keys.js";
import { Sessions, type SessionsOptions } from "./sessions.js";

/** What {@link McpEndpoint} needs. */
export interface McpEndpointOptions extends SessionsOptions {
  /** Makes what answers one request of the era without sessions. */
  readonly serve: (principal: Principal) => Promise<ClientServer>;
  readonly logger: Logger;
}

/** MCP over Streamable HTTP, in both eras: with sessions, and without. */
export class McpEndpoint {
  readonly sessions: Sessions;
  readonly #modern: McpHttpHandler;
  readonly #handler: ReturnType<typeof toNodeHandler>;

  constructor(options: McpEndpointOptions) {
    const { logger, maxBodyBytes: maxRequestBodySize } = options;
    this.sessions = new Sessions(options);
    const onerror = (error: Error) => logger.debug({ error: error.name }, "a request could not be served");
    this.#modern = createMcpHandler(
      async ({ authInfo }) => (await options.serve(principalOf(authInfo))).server,
      {
        legacy: "reject",
        maxRequestBodySize,
        onerror,
      },
    );
    this.#handler = toNodeHandler(
      {
        fetch: async (request, { authInfo } = {}) => {
          const isLegacy = await isLegacyRequest(request, undefined, { maxRequestBodySize });
          const response = isLegacy
            ? await this.sessions.fetch(request, principalOf(authInfo))
            : await this.#modern.fetch(request, authInfo === undefined ? {} : { authInfo });
          return withBoundedBody(response);
        },
      },
      { onerror, maxRequestBodySize },
    );
  }

  /** Answers a request of somebody who has authenticated. */
  handle(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void> {
    const id = request.headers["mcp-session-id"];
    const release = this.sessions.hold(typeof id === "string" ? id : undefined, principal);
    response.once("close", release);
    // The SDK hands on what it calls authentication, and looks at none of it.
    const auth = { token: "", clientId: principal.name, scopes: principal.isAdmin ? [ADMIN] : [] };
    const { method = "GET", url = "/" } = request;
    return this.#handler(Object.assign(request, { method, url, auth }), response);
  }

  /**
   * Lets clients hear what a server has announced. Those of the era without sessions hear that a list has changed, and not
   * which resource has: nobody has judged whether they may.
   */
  async hear(change: ServerChange): Promise<void> {
    const { notify } = this.#modern;
    switch (change.owner === undefined ? change.notification.method : undefined) {
      case "notifications/tools/list_changed":
        notify.toolsChanged();
        break;
      case "notifications/prompts/list_changed":
        notify.promptsChanged();
        break;
      case "notifications/resources/list_changed":
        notify.resourcesChanged();
        break;
    }
    await this.sessions.hear(change);
  }

  /** Ends what clients of the era without sessions listen to, and takes no more of their requests. */
  endListening(): Promise<void> {
    return this.#modern.close();
  }

  async close(): Promise<void> {
    await this.sessions.close();
    await this.endListening();
  }
}

const ADMIN = "admin";

function principalOf(
  authInfo: { readonly clientId: string; readonly scopes: readonly string[] } | undefined,
): Principal {
  if (authInfo === undefined) throw new TypeError("a request has come here without authentication");
  return { name: authInfo.clientId, isAdmin: authInfo.scopes.includes(ADMIN) };
}
