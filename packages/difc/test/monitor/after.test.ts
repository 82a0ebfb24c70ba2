import { describe, expect, test } from "vitest";
import { type AgentState, labelsOf } from "../../src/agent/agent-state.js";
import { MemoryLabelStore } from "../../src/agent/memory-label-store.js";
import { Label } from "../../src/labels/label.js";
import type { AdmittedCall } from "../../src/monitor/call.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { paths, texts } from "../support/lay-out.js";
import { admit, monitorOf, nothing, resultOf, run, unlabeled } from "../support/run.js";

const secret = { secrecy: ["s"], integrity: [] };
const untrusted = nothing;
const demanding = { secrecy: [], integrity: ["i"] };
const trusted = { secrecy: [], integrity: ["i"] };
const things = { items: [{ n: 1 }, { n: 2 }, { n: 3 }] };
/** The first item is open, the second secret, the third untrusted. */
const mixed: ResponseLabels = {
  kind: "paths",
  itemsPath: "/items",
  paths: [
    { path: "/items/0", labels: trusted },
    { path: "/items/1", labels: { secrecy: ["s"], integrity: ["i"] } },
    { path: "/items/2", labels: { ...untrusted, description: "thing 3" } },
  ],
};

describe("items (spec 3.3)", () => {
  const scenario = { agent: demanding, resource: trusted, result: texts(things), labels: mixed };

  test("strict refuses all of them", async () => {
    const outcome = await run({ ...scenario, options: { mode: "strict" } });
    expect(outcome).toMatchObject({ isDelivered: false, denial: { code: "flow", isExecuted: true } });
    expect(outcome.withheld.map(({ path, reasons }) => [path, reasons])).toEqual([
      ["/items/1", ["read-secrecy"]],
      ["/items/2", ["read-integrity"]],
    ]);
  });

  test("filter removes those that may not be read, and keeps the rest as it is", async () => {
    const outcome = await run({ ...scenario, options: { mode: "filter" } });
    expect(resultOf(outcome)).toEqual({
      content: [
        { type: "text", text: '{"items":[{"n":1}]}' },
        { type: "text", text: expect.stringMatching(/^\[Filtered\] /) },
      ],
    });
  });

  test("propagate removes none, and changes the agent instead", async () => {
    const store = new MemoryLabelStore();
    const outcome = await run({ ...scenario, options: { mode: "propagate", store } });
    expect(resultOf(outcome)).toEqual(scenario.result);
    expect(labelsOf(store.read("agent") as AgentState)).toEqual({
      secrecy: Label.of("s"),
      integrity: Label.none,
    });
  });

  test.each(["strict", "filter"] as const)("%s changes no labels, whatever is delivered", async (mode) => {
    const store = new MemoryLabelStore();
    await run({ ...scenario, options: { mode, store }, resource: nothing });
    expect(labelsOf(store.read("agent") as AgentState)).toEqual({
      secrecy: Label.none,
      integrity: Label.of("i"),
    });
  });
});

describe("reading and writing at once", () => {
  const result = texts([1, 2]);
  const labels = { kind: "items", items: [{ labels: nothing }, { labels: trusted }] } as const;

  test("removes items whose write half fails, also when propagating (spec 3.3)", async () => {
    const outcome = await run({ operation: "read-write", result, labels });
    expect(resultOf(outcome)).toMatchObject({ content: [{ text: "[1]" }, { text: expect.any(String) }] });
    expect(outcome.withheld).toMatchObject([{ path: "/1", reasons: ["write-integrity"], isSecret: false }]);
  });

  test("in mode strict asks no guard: the coarse check has said it all", async () => {
    const monitor = await monitorOf({ options: { mode: "strict" } });
    const call = await admit(monitor, { operation: "read-write" });
    expect(resultOf(await monitor.after(call, result))).toBe(result);
  });
});

describe("the result of a write", () => {
  const scenario = { operation: "write", resource: secret, result: texts("what was there before") } as const;

  test.each(["strict", "filter"] as const)(
    "in mode %s, is for agents that are cleared for what was written to",
    async (mode) => {
      const outcome = await run({ ...scenario, options: { mode } });
      expect(outcome).toMatchObject({ isDelivered: false, denial: { code: "flow", isExecuted: true } });
      expect(outcome.isDelivered || outcome.denial.forAgent.message).toBe(
        "[Filtered] The resource is not accessible under the secrecy policy. " +
          "The call has been carried out and must not be repeated; only its result is withheld.",
      );
      expect(resultOf(await run({ ...scenario, options: { mode }, agent: secret }))).toBe(scenario.result);
    },
  );

  test("leaves its secrecy behind when propagating, and takes no integrity", async () => {
    const store = new MemoryLabelStore();
    const outcome = await run({ ...scenario, agent: demanding, options: { store } });
    expect(resultOf(outcome)).toBe(scenario.result);
    expect(labelsOf(store.read("agent") as AgentState)).toEqual({
      secrecy: Label.of("s"),
      integrity: Label.of("i"),
    });
  });

  test("is always delivered where it only acknowledges", async () => {
    const store = new MemoryLabelStore();
    const outcome = await run({ ...scenario, writeResult: "delivered", options: { store } });
    expect(resultOf(outcome)).toBe(scenario.result);
    expect((store.read("agent") as AgentState).secrecy.size).toBe(0);
  });

  test("may be labelled by a guard that wants to", async () => {
    const labels = { kind: "items", items: [{ labels: nothing }, { labels: secret }] } as const;
    const outcome = await run({ ...scenario, result: texts([1, 2]), labels, options: { mode: "filter" } });
    expect(resultOf(outcome)).toMatchObject({ content: [{ text: "[1]" }, { text: expect.any(String) }] });
  });
});

describe("uses that make no sense", () => {
  test("a call that this monitor has not admitted, copies included", async () => {
    const monitor = await monitorOf({});
    const call = await admit(monitor, {});
    const others: unknown[] = [null, {}, { ...call }, await admit(await monitorOf({}), {})];
    for (const other of others) {
      await expect(monitor.after(other as AdmittedCall, "x", unlabeled)).rejects.toThrow(TypeError);
    }
    expect(Object.isFrozen(call) && Object.isFrozen(call.resource)).toBe(true);
  });

  test("a response that should have been labelled, and was not", async () => {
    const monitor = await monitorOf({});
    const call = await admit(monitor, {});
    await expect(monitor.after(call, "x")).rejects.toThrow(TypeError);
  });
});

describe("what goes wrong ends in a denial", () => {
  test.each<[name: string, result: unknown, labels: unknown, message: RegExp]>([
    ["labels that are none", texts([1]), { kind: "none" }, /INVALID_LABELS/],
    ["labels that fit nothing", texts([1]), paths({ "/5": "A" }), /UNMATCHED_LABELS/],
    ["a result that is no JSON", { content: [], x: 1n }, paths({}), /INVALID_RESULT/],
  ])("%s", async (_name, result, labels, message) => {
    const outcome = await run({ result, labels: labels as ResponseLabels });
    expect(outcome).toMatchObject({
      isDelivered: false,
      withheld: [],
      denial: { code: "labels", isExecuted: true },
    });
    if (outcome.isDelivered) return;
    expect(outcome.denial.forOperator.message).toMatch(message);
    expect(outcome.denial.forAgent.message).toBe("[Filtered] The result could not be labelled.");
  });

  test("of an agent that is gone meanwhile", async () => {
    const store = new MemoryLabelStore();
    const monitor = await monitorOf({ options: { store } });
    const call = await admit(monitor, {});
    store.delete("agent");
    expect(await monitor.after(call, "x", unlabeled)).toMatchObject({
      isDelivered: false,
      denial: { code: "unknown-agent", isExecuted: true },
    });
  });

  test("nothing is delivered when its taint cannot be stored", async () => {
    const memory = new MemoryLabelStore();
    let isDown = false;
    const store = {
      read: (key: string) => memory.read(key),
      join: (key: string, state: AgentState) => {
        if (isDown) throw new Error("down");
        return memory.join(key, state);
      },
    };
    const monitor = await monitorOf({ options: { store } });
    const call = await admit(monitor, { resource: secret });
    isDown = true;
    await expect(monitor.after(call, "secret", unlabeled)).rejects.toThrow("down");
  });
});

test("the taint is stored before the result is there", async () => {
  const memory = new MemoryLabelStore();
  const events: string[] = [];
  const store = {
    read: (key: string) => memory.read(key),
    join: async (key: string, state: AgentState) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push("stored");
      return memory.join(key, state);
    },
  };
  const monitor = await monitorOf({ options: { store } });
  const call = await admit(monitor, { resource: secret });
  await monitor.after(call, "secret", unlabeled);
  events.push("delivered");
  expect(events).toEqual(["stored", "stored", "delivered"]);
});

test("results are judged by the labels that the agent has when they arrive", async () => {
  const monitor = await monitorOf({ options: { mode: "filter" } });
  const call = await admit(monitor, { resource: secret });
  expect(call.coarse).toBe("bypassed");
  expect((await monitor.after(call, "x", unlabeled)).isDelivered).toBe(false);
  await monitor.labelAgent("agent", { agent: secret, mode: "filter" });
  expect((await monitor.after(call, "x", unlabeled)).isDelivered).toBe(true);
});
