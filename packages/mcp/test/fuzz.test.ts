import { noopGuard } from "@guardhost/difc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { McpError } from "../src/index.js";
import { GUARDED_METHODS } from "../src/protocol/methods.js";
import { agent } from "./support/fake-guard.js";
import { gateway } from "./support/gateway.js";

const METHODS = [
  ...GUARDED_METHODS,
  "tools/call",
  "initialize",
  "resources/subscribe",
  "resources/unsubscribe",
  "subscriptions/listen",
  "logging/setLevel",
];
const KEYS = [
  "name",
  "arguments",
  "uri",
  "_meta",
  "cursor",
  "notifications",
  "inputResponses",
  "level",
  "ref",
];

const anyJson = fc.jsonValue({ maxDepth: 3 });
const anyParams = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), anyJson),
  anyJson,
  fc.constant(undefined),
);
/** What looks like an answer, and is not quite one. */
const anyAnswer = fc.oneof(
  anyJson,
  fc.record(
    {
      content: fc.oneof(anyJson, fc.array(fc.record({ type: fc.constant("text"), text: fc.string() }))),
      structuredContent: anyJson,
      isError: anyJson,
      resultType: fc.oneof(anyJson, fc.constant("input_required")),
      cacheScope: anyJson,
      tools: anyJson,
      _meta: anyJson,
    },
    { requiredKeys: [] },
  ),
);
const anyLabels = fc.oneof(
  anyJson,
  fc.record({ secrecy: fc.oneof(anyJson, fc.constant([])), integrity: fc.oneof(anyJson, fc.constant([])) }),
);
const anyResource = fc.oneof(
  anyJson,
  fc.record({ resource: anyLabels, operation: fc.oneof(anyJson, fc.constantFrom("read", "write")) }),
);
const anyResponse = fc.oneof(
  anyJson,
  fc.record({ kind: fc.constantFrom("paths", "items", "unlabeled"), paths: anyJson, items: anyJson }),
);
/** What servers say meanwhile. */
const anyMessage = fc.record({
  method: fc.oneof(fc.string(), fc.constantFrom("notifications/message", "notifications/progress")),
  params: fc.oneof(fc.dictionary(fc.string(), anyJson), fc.constant(undefined)),
});

const anyCase = fc.record({
  method: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...METHODS) },
    { weight: 1, arbitrary: fc.string() },
  ),
  params: anyParams,
  answer: fc.oneof(fc.record({ result: anyAnswer }), fc.record({ error: anyJson })),
  resource: anyResource,
  response: anyResponse,
  message: anyMessage,
  isBuiltIn: fc.boolean(),
  enforcement: fc.constantFrom("enforce" as const, "audit" as const),
});

test("whatever clients, guards and servers send, a request ends in a result, or in an error of MCP", async () => {
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ method, params, answer, resource, response, message, ...plan }) => {
      const { request } = gateway({
        guard: {
          labelAgent: () => agent({}, "propagate"),
          labelResource: () => resource as never,
          labelResponse: () => response as never,
        },
        server: {
          guardedMethods: GUARDED_METHODS,
          ...(plan.isBuiltIn ? { guard: noopGuard, policy: undefined } : {}),
        },
        options: { mode: "propagate", enforcement: plan.enforcement },
        upstream: async (_server, _request, { onNotification, onRequest }) => {
          onNotification(message);
          await onRequest(message).catch(() => undefined);
          if ("error" in answer) throw answer.error;
          return answer.result as never;
        },
      });
      const options = { notify: () => undefined, ask: async () => ({}) };
      const ended = await request(method, params as never, options).catch((error) => error);
      expect(
        McpError.is(ended) || (typeof ended === "object" && ended !== null && !(ended instanceof Error)),
      ).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
