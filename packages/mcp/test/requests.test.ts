import { noopGuard } from "@guardhost/difc";
import { describe, expect, test } from "vitest";
import { type DecisionRecord, McpError } from "../src/index.js";
import { treatmentOf } from "../src/protocol/methods.js";
import { agent, resource } from "./support/fake-guard.js";
import { errorOf, gateway, text } from "./support/gateway.js";

/** Every request of a client, in either revision of MCP. */
const METHODS = [
  "initialize",
  "ping",
  "server/discover",
  "logging/setLevel",
  "completion/complete",
  "prompts/get",
  "prompts/list",
  "resources/list",
  "resources/read",
  "resources/subscribe",
  "resources/templates/list",
  "resources/unsubscribe",
  "subscriptions/listen",
  "tasks/cancel",
  "tasks/get",
  "tasks/list",
  "tasks/result",
  "tools/call",
  "tools/list",
];

describe("a method", () => {
  test.each(METHODS)("of MCP is known: %s", (method) => {
    const treatment = treatmentOf(method);
    expect(treatment).not.toMatchObject({ because: "nobody knows what it reads and writes" });
  });

  test.each(["", "tools/destroy", "acme/search", "TOOLS/CALL", "constructor", "tasks/get", "tasks/result"])(
    "that nobody can judge is refused: %j",
    async (method) => {
      const { request, asked } = gateway({ server: { guard: noopGuard, policy: undefined } });
      expect(await errorOf(request(method))).toMatchObject({ code: -32601 });
      expect(asked).toEqual([]);
    },
  );

  test("about the gateway is answered by it", async () => {
    const { request, asked } = gateway({ guard: { labelAgent: () => Promise.reject(new Error("broken")) } });
    expect(await request("ping")).toEqual({});
    expect(asked).toEqual([]);
  });

  test("that sets the level of logs says no more than that", async () => {
    const { request, asked } = gateway();
    await request("logging/setLevel", { level: "debug" });
    expect(await errorOf(request("logging/setLevel", { level: "a secret" }))).toMatchObject({ code: -32602 });
    expect(asked).toHaveLength(1);
  });
});

const guardedRequests: readonly [string, Record<string, unknown>][] = [
  ["resources/list", { cursor: "next" }],
  ["resources/read", { uri: "file:///a" }],
  ["prompts/get", { name: "greet", arguments: { who: "you" } }],
  [
    "completion/complete",
    { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "who", value: "y" } },
  ],
];

describe.each(guardedRequests)("%s", (method, params) => {
  test("is refused unless the guard understands it (W9)", async () => {
    const { request, asked } = gateway();
    expect(await errorOf(request(method, params))).toMatchObject({ code: -32601 });
    expect(asked).toEqual([]);
  });

  test("is the call of a tool of that name to a guard that does", async () => {
    const seen: unknown[] = [];
    const { request, asked, guarded } = gateway({
      server: { guardedMethods: [method as "resources/read"] },
      guard: {
        labelResource: (call) => {
          seen.push(call);
          return resource();
        },
        labelResponse: (call, result) => {
          seen.push(call, result);
          return { kind: "unlabeled" };
        },
      },
      upstream: async () => ({ answer: true }),
    });
    const meta = { progressToken: 1 };
    expect(await request(method, { ...params, _meta: meta })).toEqual({ answer: true });
    expect(seen).toEqual([
      { name: method, arguments: params },
      { name: method, arguments: params },
      { answer: true },
    ]);
    const _meta = { progressToken: expect.any(Number) };
    expect(asked[0]?.request).toEqual({ method, params: { ...params, _meta } });
    expect(guarded.understands("server", method as "resources/read")).toBe(true);
  });

  test("is denied by what that guard says", async () => {
    const { request, asked } = gateway({
      server: { guardedMethods: [method as "resources/read"] },
      guard: {
        labelResource: () => resource({ secrecy: ["secret"] }, "write"),
        labelAgent: () => agent({ secrecy: ["other"] }),
      },
    });
    expect(await errorOf(request(method, params))).toMatchObject({ code: -32010, data: { kind: "denied" } });
    expect(asked).toEqual([]);
  });

  test("is filtered by what that guard says", async () => {
    const { request } = gateway({
      server: { guardedMethods: [method as "resources/read"] },
      guard: {
        labelResponse: () => ({
          kind: "paths",
          itemsPath: "/items",
          paths: [{ path: "/items/1", labels: { secrecy: ["secret"], integrity: [] } }],
        }),
      },
      upstream: async () => ({ items: ["one", "two"], ttlMs: 1000, cacheScope: "public" }),
    });
    const result = await request(method, params);
    expect(result).toEqual({
      items: ["one"],
      ttlMs: 1000,
      cacheScope: "private",
      _meta: { "guardhost/notice": expect.stringMatching(/^\[Filtered\]/) },
    });
  });
});

describe("the parameters of a call", () => {
  test("reach the server as they were judged, whatever becomes of the original", async () => {
    const args = { path: "/public" };
    const { call, asked } = gateway({
      guard: {
        labelResource: () => {
          args.path = "/secret";
          return resource();
        },
      },
    });
    await call("tool", args);
    expect(asked[0]?.request.params).toEqual({ name: "tool", arguments: { path: "/public" } });
  });

  test("are nothing that no guard sees", async () => {
    const { request, asked } = gateway();
    for (const extra of [{ task: { ttl: 1 } }, { path: "/secret" }]) {
      expect(await errorOf(request("tools/call", { name: "tool", ...extra }))).toMatchObject({
        code: -32602,
      });
    }
    const _meta = {
      progressToken: "the secret",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "io.modelcontextprotocol/clientInfo": { name: "the secret" },
      path: "/secret",
    };
    await request("tools/call", { name: "tool", _meta });
    expect(asked[0]?.request.params).toEqual({ name: "tool", _meta: { progressToken: expect.any(Number) } });
    expect(asked).toHaveLength(1);
  });

  test.each([
    {},
    { name: "" },
    { name: 1 },
    { name: "resources/read", arguments: { uri: "file:///a" } },
    { name: "tool", arguments: [] },
    { name: "tool", arguments: "text" },
  ])("are refused if they are no call: %j", async (params) => {
    const { request, asked } = gateway();
    expect(await errorOf(request("tools/call", params))).toMatchObject({ code: -32602 });
    expect(asked).toEqual([]);
  });

  test("are refused if they are no JSON, or nest too deeply", async () => {
    const { call, asked } = gateway();
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    let deep: Record<string, unknown> = {};
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    for (const args of [cyclic, deep, { big: 1n }]) {
      expect(await errorOf(call("tool", args))).toMatchObject({ code: -32602 });
    }
    expect(asked).toEqual([]);
  });
});

describe("a read of what may not be read as a whole", () => {
  const guard = {
    labelResource: () => resource({ secrecy: ["secret"] }),
    labelResponse: () =>
      ({ kind: "paths", paths: [{ path: "/0", labels: { secrecy: [], integrity: [] } }] }) as const,
  };
  const upstream = async (_server: string, { method }: { readonly method: string }) =>
    method === "tools/list"
      ? {
          tools: [
            { name: "look", annotations: { readOnlyHint: true, openWorldHint: false } },
            { name: "browse", annotations: { readOnlyHint: true } },
          ],
        }
      : text('["one","two"]');

  test("is made for its parts only by a tool that is known to be read-only (W8)", async () => {
    const made: Record<string, boolean> = {};
    for (const [tool, server] of [
      ["look", {}],
      ["listed", { readOnlyTools: ["listed"] }],
      ["look", { trustAnnotations: true }],
      ["browse", { trustAnnotations: true }],
    ] as const) {
      const { call } = gateway({ guard, server, upstream });
      const result = await call(tool, {});
      made[`${tool} ${JSON.stringify(server)}`] = JSON.stringify(result).includes("one");
      expect(JSON.stringify(result)).not.toContain("two");
    }
    expect(Object.values(made)).toEqual([false, true, true, false]);
  });

  // No agent has asked for the list, so nothing has judged what the server says instead of it.
  test.each([
    ["an error", new McpError(-32000, "SECRET")],
    ["an error that passes for the gateway's", new McpError(-32010, "SECRET", { kind: "denied" })],
    ["an error of another make", Object.assign(new Error("SECRET"), { code: -32000 })],
  ])("carries no words of a server that answers with %s when asked about its tools", async (_, error) => {
    const records: DecisionRecord[] = [];
    const { call, asked } = gateway({
      guard: { labelResource: () => resource({ secrecy: ["secret"] }) },
      server: { trustAnnotations: true },
      options: { onDecision: (record) => records.push(record) },
      upstream: () => Promise.reject(error),
    });
    const result = await call("look");
    expect(JSON.stringify([result, records])).not.toContain("SECRET");
    expect(result).toMatchObject({ isError: true, _meta: { "guardhost/error": { kind: "upstreamFailed" } } });
    expect(records.at(-1)).toMatchObject({ decision: "fail", failure: "upstreamFailed" });
    expect(asked.map(({ request }) => request.method)).toEqual(["tools/list"]);
  });
});

test("a tool whose calls the policy limits is called no more often", async () => {
  const policy = {
    "allow-only": { repos: "all", "min-integrity": "none", "tool-call-limits": { tool: 2, other: 0 } },
  };
  const { guarded, call, asked } = gateway({ server: { policy } });
  const counted = await Promise.all([call("tool"), call("tool"), call("tool")]);
  expect(counted.filter(({ isError }) => isError === true)).toEqual([
    expect.objectContaining({ _meta: { "guardhost/error": { code: -32010, kind: "denied" } } }),
  ]);
  await Promise.all([call("other"), call("other"), call("another")]);
  expect(asked).toHaveLength(5);
  // Another connection is no other agent.
  const again = guarded.session({ principal: "alice", upstream: async () => text("ok") });
  expect(await again.handle("server", { method: "tools/call", params: { name: "tool" } })).toMatchObject({
    isError: true,
  });
});

test.each<[string, Error, object]>([
  [
    "that it has not got the request",
    Object.assign(new Error("SECRET"), { isExecuted: false }),
    { isExecuted: false },
  ],
  ["that it has, which nobody can know", Object.assign(new Error("SECRET"), { isExecuted: true }), {}],
  ["nothing of that", new Error("SECRET"), {}],
])("a server without an answer, of which the way to it says %s", async (_, error, known) => {
  const { session } = gateway({ upstream: () => Promise.reject(error) });
  const failed = await errorOf(session.handle("server", { method: "tools/list" }));
  expect(failed).toMatchObject({ code: -32013 });
  expect((failed as McpError).data).toEqual({ kind: "upstreamFailed", ...known });
  expect((failed as McpError).message).not.toContain("SECRET");
});

test("a server that is not there is an error", async () => {
  const { session } = gateway();
  expect(await errorOf(session.handle("other", { method: "tools/list" }))).toMatchObject({ code: -32602 });
});
