import type { AgentIdentity } from "../agent/agent-key.js";
import type { GuardedMcp } from "../guard-mcp.js";
import type { McpSession } from "../session.js";
import { ClientUpstream } from "./client-upstream.js";
import { type SdkClient, type SdkServer, toSdk } from "./sdk-types.js";
import { serveSession } from "./serve-session.js";

/** A proxy between one client and one server of MCP. */
export interface GuardProxyOptions extends AgentIdentity {
  readonly guarded: GuardedMcp;
  /** Which of the guarded servers it is. */
  readonly name: string;
  /** Towards the client: a low-level `Server`, whose capabilities say what `understands` lets it offer. */
  readonly server: SdkServer;
  /** Towards the server: a `Client` that no other agent shares. */
  readonly client: SdkClient;
  /** Milliseconds until a request to the server fails unless it makes progress; more than 0. The SDK's own unless given. */
  readonly timeoutMs?: number | undefined;
  /** Gets the error when a message could not be passed on. Dropped unless given, as the SDK does. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Puts guards between a `Server` and a `Client` of the SDK. Both are connected and closed by the caller. */
export function guardProxy({
  guarded,
  name,
  server,
  client,
  timeoutMs,
  onError = () => undefined,
  ...identity
}: GuardProxyOptions): McpSession {
  const upstream = new ClientUpstream(client, {
    timeoutMs,
    onNotification: (notification) => {
      session
        .fromServer(name, notification)
        .then((passed) => passed && server.notification(toSdk(passed)))
        .catch(onError);
    },
  });
  const session = guarded.session({
    ...identity,
    upstream: (asked, request, context) => {
      // Another one has no client here; a guard of it may not reach this one instead.
      if (asked !== name)
        throw new TypeError(`this proxy does not lead to the server ${JSON.stringify(asked)}`);
      return upstream.request(request, context);
    },
  });
  serveSession(server, session, name, (notification) => {
    client.notification(notification).catch(onError);
  });
  return session;
}
