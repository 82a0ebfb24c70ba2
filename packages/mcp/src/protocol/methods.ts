/** Requests that a guard can judge, beside `tools/call`. */
export const GUARDED_METHODS = [
  "tools/list",
  "resources/list",
  "resources/read",
  "resources/templates/list",
  "prompts/list",
  "prompts/get",
  "completion/complete",
] as const;

/** One of {@link GUARDED_METHODS}. */
export type GuardedMethod = (typeof GUARDED_METHODS)[number];

/** What becomes of a request of a client. */
export type Treatment =
  /** The call of a tool, which the guard judges. */
  | { readonly kind: "call" }
  /** The guard judges it as if it were the call of a tool of the same name, if it understands it. */
  | { readonly kind: "guarded"; readonly method: GuardedMethod; readonly params: readonly string[] }
  /** It asks for what the server says about itself. */
  | { readonly kind: "definitions"; readonly method?: GuardedMethod; readonly params: readonly string[] }
  /** It asks for the same, and says who the client is: to the gateway, which has introduced itself to the server. */
  | { readonly kind: "introduction" }
  /** It is about being told of changes of a resource, which is judged like reading it. */
  | { readonly kind: "subscription" }
  /** It has rules of its own. */
  | { readonly kind: "separate" }
  /** It is not let through. */
  | { readonly kind: "refused"; readonly because: string };

const REFUSED_TASK: Treatment = {
  kind: "refused",
  because: "the result of a task would come without the call that it belongs to, so it could not be judged",
};

/**
 * Every request of a client in the revisions 2025-11-25 and 2026-07-28 of MCP. What is not here is refused: nobody knows what
 * it reads and writes.
 */
const CLIENT_REQUESTS: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  ["tools/call", { kind: "call" }],
  ["tools/list", { kind: "definitions", method: "tools/list", params: ["cursor"] }],
  ["prompts/list", { kind: "definitions", method: "prompts/list", params: ["cursor"] }],
  [
    "resources/templates/list",
    { kind: "definitions", method: "resources/templates/list", params: ["cursor"] },
  ],
  ["initialize", { kind: "introduction" }],
  ["server/discover", { kind: "introduction" }],
  ["resources/list", { kind: "guarded", method: "resources/list", params: ["cursor"] }],
  ["resources/read", { kind: "guarded", method: "resources/read", params: ["uri"] }],
  ["prompts/get", { kind: "guarded", method: "prompts/get", params: ["name", "arguments"] }],
  [
    "completion/complete",
    { kind: "guarded", method: "completion/complete", params: ["ref", "argument", "context"] },
  ],
  ["resources/subscribe", { kind: "subscription" }],
  ["resources/unsubscribe", { kind: "subscription" }],
  ["subscriptions/listen", { kind: "separate" }],
  ["ping", { kind: "separate" }],
  ["logging/setLevel", { kind: "definitions", params: ["level"] }],
  ["tasks/get", REFUSED_TASK],
  ["tasks/result", REFUSED_TASK],
  ["tasks/list", REFUSED_TASK],
  ["tasks/cancel", REFUSED_TASK],
]);

/** What becomes of a request with this method. */
export function treatmentOf(method: string): Treatment {
  return CLIENT_REQUESTS.get(method) ?? { kind: "refused", because: "nobody knows what it reads and writes" };
}

/** Whether `name` is a request's, so that a tool of that name would pass for it in the eyes of a guard. */
export function isMethod(name: string): boolean {
  return CLIENT_REQUESTS.has(name);
}

/** The name of a method for logs and telemetry: one that is not known may be data. */
export function methodLabel(method: string): string {
  return CLIENT_REQUESTS.has(method) ? method : "(unknown method)";
}
