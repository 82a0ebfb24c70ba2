import { describe, expect, test } from "vitest";
import type { DecisionRecord } from "../src/index.js";
import { agent, type FakeGuardBehaviour, resource } from "./support/fake-guard.js";
import { type GatewayPlan, gateway, text } from "./support/gateway.js";

/** A policy that limits the calls of a tool. */
const limiting = (tool: string, limit = 9) => ({
  "allow-only": { repos: "all", "min-integrity": "none", "tool-call-limits": { [tool]: limit } },
});

/** The records of one call. */
async function recordsOf(guard: FakeGuardBehaviour, answer = '["one","two"]'): Promise<DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  const { call } = gateway({
    guard,
    server: { policy: limiting("list_things") },
    options: { onDecision: (record) => records.push(record) },
    upstream: async () => text(answer),
  });
  await call("list_things");
  return records;
}

describe("a record", () => {
  test("says which labels met, in which mode, and what came of it", async () => {
    const records = await recordsOf({
      labelAgent: () => agent({ secrecy: ["internal"], integrity: ["staff"] }),
      labelResource: () => resource({ secrecy: ["internal"], integrity: ["staff"] }),
    });
    const met = {
      time: expect.any(Number),
      agent: expect.any(Number),
      server: "server",
      method: "tools/call",
      tool: "list_things",
      decision: "allow",
      isEnforced: true,
      operation: "read",
      mode: "filter",
      agentLabels: { secrecy: ["internal"], integrity: ["staff"] },
      resourceLabels: { secrecy: ["internal"], integrity: ["staff"] },
    };
    expect(records).toEqual([
      { ...met, phase: "request" },
      { ...met, phase: "result" },
    ]);
  });

  test.each([
    [{ secrecy: ["hr"], integrity: ["staff"] }, "read", "read-secrecy", "clear the agent", ["hr"]],
    [{ secrecy: [], integrity: [] }, "read", "read-integrity", "raise the resource's integrity", ["staff"]],
    [
      { secrecy: ["internal"], integrity: ["ceo"] },
      "write",
      "write-integrity",
      "raise the agent's integrity",
      ["ceo"],
    ],
    [{ secrecy: [], integrity: [] }, "write", "write-secrecy", "write elsewhere", ["internal"]],
  ] as const)(
    "of a denial says what would change it: %j, %s",
    async (labels, operation, rule, change, tags) => {
      const records = await recordsOf({
        labelAgent: () => agent({ secrecy: ["internal"], integrity: ["staff"] }),
        labelResource: () => resource(labels, operation),
      });
      expect(records).toMatchObject([
        { phase: "request", decision: "deny", denial: "flow", remedies: [{ rule, change, tags }] },
      ]);
    },
  );

  test("of what is withheld counts it, and tells no tags of it", async () => {
    const records = await recordsOf({
      labelResponse: () => ({
        kind: "paths",
        paths: [{ path: "/0", labels: { secrecy: ["private:octo/plans"], integrity: [] } }],
      }),
    });
    expect(records.at(-1)).toMatchObject({
      phase: "result",
      decision: "filter",
      withheld: { parts: 1, rules: ["read-secrecy"] },
    });
    expect(JSON.stringify(records)).not.toContain("octo");
  });

  test("of a refused result tells no tags of its parts either", async () => {
    const records = await recordsOf(
      {
        labelResponse: () => ({
          kind: "paths",
          paths: [],
          defaults: { secrecy: ["private:octo/plans"], integrity: [] },
        }),
      },
      "one thing",
    );
    expect(records.at(-1)).toMatchObject({ phase: "result", decision: "deny" });
    expect(JSON.stringify(records)).not.toContain("octo");
  });

  test("names no tool that may be data, and no method that nobody knows", async () => {
    const records: DecisionRecord[] = [];
    const { call, request } = gateway({ options: { onDecision: (record) => records.push(record) } });
    await call("xyzzy");
    await request("the/secret is xyzzy").catch(() => undefined);
    expect(JSON.stringify(records)).not.toContain("xyzzy");
    expect(records.map(({ tool, method }) => tool ?? method)).toContain("(unknown method)");
  });

  describe("names a tool", () => {
    /** The names in the records of calls of these tools, after a list of the server's has been asked for. */
    async function namesOf(called: readonly string[], listed: readonly unknown[], plan: GatewayPlan = {}) {
      const records: DecisionRecord[] = [];
      const { call, request } = gateway({
        ...plan,
        options: { onDecision: (record) => records.push(record) },
        upstream: async (_, { method }) => (method === "tools/list" ? { tools: listed } : text("ok")),
      });
      await request("tools/list").catch(() => undefined);
      for (const name of called) await call(name);
      return new Set(records.flatMap(({ tool }) => tool ?? []));
    }

    test("that its server has listed, also to an agent that may not have the list", async () => {
      const hidden: FakeGuardBehaviour = {
        labelResponse: ({ name }) =>
          name === "tools/list"
            ? { kind: "paths", paths: [], defaults: { secrecy: ["hr"], integrity: [] } }
            : { kind: "unlabeled" },
      };
      for (const guard of [{}, hidden]) {
        const names = await namesOf(["listed", "invented"], [{ name: "listed" }], {
          guard,
          server: { guardedMethods: ["tools/list"] },
        });
        expect(names).toEqual(new Set(["listed", "(unlisted tool)"]));
      }
    });

    test("that its operator has named", async () => {
      const server = { readOnlyTools: ["read"], policy: limiting("limited") };
      expect(await namesOf(["read", "limited"], [], { server })).toEqual(new Set(["read", "limited"]));
    });

    test("only if its name looks like one", async () => {
      const names = ["the secret is xyzzy", "", "a".repeat(129)];
      const listed = [...names.map((name) => ({ name })), null, { name: 7 }, "listed"];
      expect(await namesOf(["the secret is xyzzy", "listed"], listed)).toEqual(new Set(["(unlisted tool)"]));
    });

    test("of a thousand, however many its server lists", async () => {
      const listed = Array.from({ length: 1_100 }, (_, index) => ({ name: `tool${index}` }));
      const names = await namesOf(
        listed.map(({ name }) => name),
        listed,
      );
      expect(names.size).toBe(1_001);
    });
  });

  test("of a limit that is used up is one of a denial", async () => {
    const records: DecisionRecord[] = [];
    const { call } = gateway({
      server: { policy: limiting("tool", 1) },
      options: { onDecision: (record) => records.push(record) },
    });
    await call("tool");
    await call("tool");
    expect(records.at(-1)).toMatchObject({ phase: "request", decision: "deny" });
  });

  test("is nothing that a listener can stop", async () => {
    for (const onDecision of [
      () => {
        throw new Error("full");
      },
      () => Promise.reject(new Error("full")),
    ]) {
      const { call } = gateway({ options: { onDecision } });
      expect(await call("tool")).toEqual(text("ok"));
    }
  });
});

test("instruments and loggers that fail decide nothing", async () => {
  const fail = () => {
    throw new Error("full");
  };
  const span = { setAttributes: fail, setStatus: fail, end: fail };
  const { call } = gateway({
    guard: { labelResource: ({ name }) => resource({ secrecy: name === "secret" ? ["secret"] : [] }) },
    options: {
      logger: { debug: fail, info: fail, warn: fail, error: fail },
      telemetry: {
        tracer: { startActiveSpan: (_name, _options, run) => run(span) },
        meter: { createHistogram: () => ({ record: fail }), createCounter: () => ({ add: fail }) },
      },
    },
  });
  expect(await call("tool")).toEqual(text("ok"));
  expect(await call("secret")).toMatchObject({ _meta: { "guardhost/error": { kind: "denied" } } });
});
