/**
 * Guards between servers and clients of the official SDK, version 2. Nothing of the SDK is imported: what is used of it is
 * described by {@link SdkServer} and {@link SdkClient}.
 *
 * @module
 */

export { ClientUpstream, type ClientUpstreamOptions } from "./client-upstream.js";
export { type GuardProxyOptions, guardProxy } from "./guard-proxy.js";
export { RequestsInFlight } from "./requests-in-flight.js";
export type {
  SdkClient,
  SdkNotification,
  SdkRequest,
  SdkRequestOptions,
  SdkServer,
  SdkServerContext,
} from "./sdk-types.js";
export { type ClientNotificationListener, serveSession } from "./serve-session.js";
