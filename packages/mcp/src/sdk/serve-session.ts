import type { McpRequest } from "../protocol/messages.js";
import type { McpSession } from "../session.js";
import { anyResult, type SdkServer, type SdkServerContext, toSdk } from "./sdk-types.js";

/** Notifications of a client that are passed on. */
export type ClientNotificationListener = (notification: { method: string }) => void;

/**
 * Lets a low-level `Server` of the SDK answer its client by a guarded session. It takes over the server's fallback
 * handlers: requests with a handler of their own, such as the SDK's for `initialize`, do not come here.
 *
 * @param name which of the guarded servers answers
 * @param onNotification gets what of the client's notifications goes to that server
 */
export function serveSession(
  server: SdkServer,
  session: McpSession,
  name: string,
  onNotification?: ClientNotificationListener,
): void {
  server.fallbackRequestHandler = (request, { mcpReq }) =>
    session.handle(name, withAnswers(request, mcpReq), {
      signal: mcpReq.signal,
      notify: (notification) => mcpReq.notify(toSdk(notification)),
      ask: (question, { signal }) => mcpReq.send(toSdk(question), anyResult, { signal }),
    });
  server.fallbackNotificationHandler = async (notification) => {
    const passed = session.fromClient(notification);
    if (passed !== undefined) onNotification?.(passed);
  };
}

/** The request with the answers to an interim result, which the SDK has taken out of it: they are judged as well. */
function withAnswers(
  { method, params }: McpRequest,
  { inputResponses, requestState }: SdkServerContext["mcpReq"],
): McpRequest {
  const state = requestState();
  if (inputResponses === undefined && state === undefined) return { method, params };
  return {
    method,
    params: {
      ...params,
      ...(inputResponses === undefined ? {} : { inputResponses }),
      ...(state === undefined ? {} : { requestState: state }),
    },
  };
}
