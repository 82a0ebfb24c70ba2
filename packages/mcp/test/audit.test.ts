import { GuardError } from "@guardhost/core";
import { MemoryLabelStore } from "@guardhost/difc";
import { describe, expect, test } from "vitest";
import type { DecisionRecord } from "../src/index.js";
import { agent, type FakeGuardBehaviour, resource } from "./support/fake-guard.js";
import { errorOf, type GatewayPlan, gateway, text } from "./support/gateway.js";

/** A gateway that enforces nothing, and what it has recorded. */
function audit(plan: GatewayPlan) {
  const records: DecisionRecord[] = [];
  const onDecision = (record: DecisionRecord) => records.push(record);
  return { ...gateway({ ...plan, options: { enforcement: "audit", onDecision, ...plan.options } }), records };
}

const secret = resource({ secrecy: ["secret"] });
const failing = () => {
  throw new GuardError("TRAPPED", "trapped");
};

describe("an audit", () => {
  const plans: readonly [string, FakeGuardBehaviour, object][] = [
    ["denied", { labelResource: () => secret }, { phase: "request", decision: "deny", denial: "flow" }],
    ["not judged", { labelResource: failing }, { phase: "request", decision: "fail", guard: "TRAPPED" }],
    [
      "of an agent that no guard could label",
      { labelAgent: failing },
      { phase: "agent", decision: "fail", guard: "TRAPPED" },
    ],
    [
      "whose answer was withheld",
      { labelResponse: () => ({ kind: "items", items: [] }) },
      { phase: "result", decision: "deny", denial: "hidden" },
    ],
    [
      "whose answer was not judged",
      { labelResponse: failing },
      { phase: "result", decision: "fail", guard: "TRAPPED" },
    ],
  ];
  test.each(plans)("lets a request pass that would be %s, and records it", async (_, guard, finding) => {
    const { call, asked, records } = audit({ guard });
    expect(await call("tool", { path: "/a" })).toEqual(text("ok"));
    expect(asked).toEqual([
      {
        server: "server",
        request: { method: "tools/call", params: { name: "tool", arguments: { path: "/a" } } },
      },
    ]);
    expect(records).toContainEqual(expect.objectContaining({ ...finding, isEnforced: false }));
    const { call: enforced } = gateway({ guard });
    expect(await enforced("tool")).toMatchObject({ isError: true });
  });

  test("delivers what would be filtered", async () => {
    const { call, records } = audit({
      guard: {
        labelResponse: () => ({
          kind: "paths",
          paths: [{ path: "/0", labels: { secrecy: ["secret"], integrity: [] } }],
        }),
      },
      upstream: async () => text('["one","two"]'),
    });
    expect(await call("list_things")).toEqual(text('["one","two"]'));
    expect(records.at(-1)).toMatchObject({
      decision: "filter",
      withheld: { parts: 1, rules: ["read-secrecy"] },
    });
  });

  test("passes on what nobody knows, as it came", async () => {
    const { request, asked, records } = audit({ upstream: async () => ({ answer: 1 }) });
    expect(await request("acme/search", { query: "x" })).toEqual({ answer: 1 });
    expect(await request("tools/call", { name: "tool", task: { ttl: 1 } })).toEqual({ answer: 1 });
    expect(
      await request("subscriptions/listen", { notifications: { resourceSubscriptions: ["file:///a"] } }),
    ).toEqual({
      answer: 1,
    });
    expect(asked.map(({ request }) => request.params)).toEqual([
      { query: "x" },
      { name: "tool", task: { ttl: 1 } },
      { notifications: { resourceSubscriptions: ["file:///a"] } },
    ]);
    expect(records.map(({ failure }) => failure)).toEqual([
      "methodNotFound",
      "invalidParams",
      "invalidParams",
    ]);
  });

  test("knows the cursors that the server has given, so that it records no more refusals than there would be", async () => {
    const { request, records } = audit({
      guard: { labelAgent: () => agent({ secrecy: ["secret"] }) },
      upstream: async () => ({ tools: [], nextCursor: "page 2" }),
    });
    await request("tools/list");
    await request("tools/list", { cursor: "page 2" });
    expect(records.filter(({ decision }) => decision !== "allow")).toEqual([]);
    await request("tools/list", { cursor: "the secret" });
    expect(records.at(-1)).toMatchObject({ phase: "request", decision: "deny" });
  });

  test("passes notifications and questions on", async () => {
    const log = { method: "notifications/message", params: { data: "a line" } };
    const heard: unknown[] = [];
    const { call, records } = audit({
      guard: { labelResource: () => secret },
      server: { readOnlyTools: ["tool"] },
      upstream: async (_server, _request, { onNotification, onRequest }) => {
        onNotification(log);
        return text(JSON.stringify(await onRequest({ method: "elicitation/create", params: {} })));
      },
    });
    const result = await call(
      "tool",
      {},
      { notify: (said) => heard.push(said), ask: async () => ({ action: "accept" }) },
    );
    expect(heard).toEqual([log]);
    expect(result).toEqual(text('{"action":"accept"}'));
    expect(records.map(({ phase, decision }) => `${phase} ${decision}`).toSorted()).toEqual([
      "notification deny",
      "request allow",
      "result deny",
      "server-request deny",
      "server-request deny",
    ]);
  });

  test("goes on without its store", async () => {
    const store = new MemoryLabelStore();
    const down = async () => Promise.reject(new Error("down"));
    const { call, records } = audit({
      options: {
        enforcement: "audit",
        store: { read: down, join: (...all) => store.join(...all) },
        onDecision: (record) => records.push(record),
      },
    });
    expect(await call("tool")).toEqual(text("ok"));
    expect(records).toMatchObject([{ decision: "fail", failure: "stateUnavailable" }]);
  });

  test("passes errors of the server on as they are", async () => {
    const { call } = audit({
      guard: { labelResource: () => secret },
      upstream: async () => Promise.reject(Object.assign(new Error("no such file"), { code: -32002 })),
    });
    expect(await errorOf(call("tool"))).toMatchObject({ code: -32002, message: "no such file" });
  });

  test("lets labels develop as they would have", async () => {
    const { call, records } = audit({
      guard: {
        labelAgent: () => agent({}, "propagate"),
        labelResource: ({ name }) => (name === "read" ? secret : resource({}, "write")),
      },
      options: { enforcement: "audit", mode: "propagate", onDecision: (record) => records.push(record) },
    });
    await call("read");
    await call("write");
    expect(records.map(({ phase, decision }) => `${phase} ${decision}`)).toEqual([
      "request allow",
      "result allow",
      "request deny",
    ]);
    expect(records.at(-1)).toMatchObject({
      operation: "write",
      agentLabels: { secrecy: ["secret"], integrity: [] },
      resourceLabels: { secrecy: [], integrity: [] },
      remedies: [{ rule: "write-secrecy", change: "write elsewhere", tags: ["secret"] }],
    });
  });
});
