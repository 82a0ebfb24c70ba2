import { isJsonObject } from "./is-json-object.js";
import type { McpNotification } from "./messages.js";

/** What a notification of a server is. */
export type NotificationKind =
  /** It says that something happened, and no more. Its parameters are not passed on. */
  | "signal"
  /** Its parameters are content, which belongs to a request. */
  | "content"
  /** It belongs to a subscription. */
  | "subscription"
  | "unknown";

const NOTIFICATIONS: ReadonlyMap<string, NotificationKind> = new Map<string, NotificationKind>([
  ["notifications/tools/list_changed", "signal"],
  ["notifications/prompts/list_changed", "signal"],
  ["notifications/resources/list_changed", "signal"],
  ["notifications/progress", "content"],
  ["notifications/message", "content"],
  ["notifications/elicitation/complete", "content"],
  ["notifications/resources/updated", "subscription"],
  ["notifications/subscriptions/acknowledged", "subscription"],
]);

/** Whether a server's message can be read as a notification at all: nothing has checked it before. */
export function isNotification(message: unknown): message is McpNotification {
  if (!isJsonObject(message)) return false;
  const { method, params } = message;
  return typeof method === "string" && (params === undefined || isJsonObject(params));
}

/** What a server may ask a client. */
const QUESTIONS: readonly string[] = ["sampling/createMessage", "elicitation/create", "roots/list"];

/** What a client may notify a server of: that something happened, and no more. */
const CLIENT_SIGNALS: readonly string[] = ["notifications/initialized", "notifications/roots/list_changed"];

/** What a server's notification with this method is. */
export function notificationKind(method: string): NotificationKind {
  return NOTIFICATIONS.get(method) ?? "unknown";
}

/** Whether a server may ask a client this. */
export function isClientQuestion(method: string): boolean {
  return QUESTIONS.includes(method);
}

/** Whether a client may notify a server of this. */
export function isClientSignal(method: string): boolean {
  return CLIENT_SIGNALS.includes(method);
}
