import { describe, expect, test } from "vitest";
import { MemoryLabelStore } from "../../src/agent/memory-label-store.js";
import type { DifcMode } from "../../src/flow/mode.js";
import type { Operation } from "../../src/flow/operation.js";
import type { LabelsInput } from "../../src/labels/read-labels.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { ask, monitorOf, nothing, type Scenario } from "../support/run.js";
import { errorOf } from "../support/thrown-by.js";

const secret = { secrecy: ["s"], integrity: [] };
const trusted = { secrecy: [], integrity: ["i"] };

/** What becomes of a call: admitted, and by what outcome of the coarse check, or the code of its denial. */
async function fate(scenario: Scenario): Promise<string> {
  const call = await ask(await monitorOf(scenario), scenario);
  return call.isAdmitted ? call.coarse : call.denial.code;
}

describe("the coarse check (spec 3.8)", () => {
  test.each<[DifcMode, Operation, resource: LabelsInput, isReadOnly: boolean, string]>([
    ["strict", "read", nothing, false, "allowed"],
    ["strict", "read", secret, true, "bypassed"],
    ["filter", "read", secret, true, "bypassed"],
    ["propagate", "read", secret, true, "allowed"],
    ["strict", "read", secret, false, "flow"],
    ["filter", "read", secret, false, "flow"],
    ["propagate", "read", secret, false, "allowed"],
    ["filter", "write", trusted, true, "flow"],
    ["propagate", "write", trusted, true, "flow"],
    ["filter", "read-write", secret, true, "flow"],
    ["propagate", "read-write", secret, true, "allowed"],
    ["propagate", "read-write", trusted, true, "flow"],
  ])(
    "%s, %s of %j, known to be read-only %s: %s",
    async (mode, operation, resource, isReadOnly, expected) => {
      expect(await fate({ options: { mode }, operation, resource, isReadOnly })).toBe(expected);
    },
  );

  test.each<[DifcMode, Operation, boolean]>([
    ["strict", "read", true],
    ["filter", "read", true],
    ["propagate", "read", true],
    ["strict", "read-write", false],
    ["filter", "read-write", true],
    ["propagate", "read-write", true],
    ["strict", "write", false],
    ["filter", "write", false],
    ["propagate", "write", false],
  ])("in mode %s, the response of a %s has to be labelled: %s", async (mode, operation, needed) => {
    const call = await ask(await monitorOf({ options: { mode } }), { operation });
    expect(call).toMatchObject({ isAdmitted: true, mode, needsResponseLabels: needed });
  });
});

describe("the mode", () => {
  test.each<[operator: DifcMode | undefined, guard: DifcMode | undefined, inForce: DifcMode]>([
    [undefined, undefined, "strict"],
    [undefined, "propagate", "strict"],
    ["filter", undefined, "filter"],
    ["filter", "strict", "strict"],
    ["propagate", "filter", "filter"],
  ])("operator %s, guard %s: %s", async (operator, guard, inForce) => {
    const monitor = new Monitor(operator === undefined ? {} : { mode: operator });
    await monitor.labelAgent("agent", { agent: nothing, mode: "propagate" });
    const call = await ask(monitor, guard === undefined ? {} : { mode: guard });
    expect(call).toMatchObject({ isAdmitted: true, mode: inForce });
  });

  test("that a guard invents is a denial", async () => {
    const call = await ask(await monitorOf({}), { mode: "lenient" as DifcMode });
    expect(call).toMatchObject({ isAdmitted: false, denial: { code: "labels", isExecuted: false } });
    expect(errorOf(() => new Monitor({ mode: " filter" as DifcMode })).code).toBe("INVALID_MODE");
  });
});

describe("labelling an agent", () => {
  test("adds up over several guards, and tells the mode in force", async () => {
    const monitor = new Monitor({ mode: "filter" });
    expect(
      await monitor.labelAgent("agent", { agent: { secrecy: ["s"], integrity: ["i"] }, mode: "propagate" }),
    ).toEqual({
      labels: {
        secrecy: expect.objectContaining({ tags: ["s"] }),
        integrity: expect.objectContaining({ tags: ["i"] }),
      },
      mode: "filter",
    });
    const { labels, mode } = await monitor.labelAgent("agent", {
      agent: { secrecy: ["t"], integrity: [] },
      mode: "strict",
    });
    expect([labels.secrecy.tags, labels.integrity.tags, mode]).toEqual([["s", "t"], ["i"], "strict"]);
  });

  test.each<[name: string, answer: unknown, code: string]>([
    ["no answer", null, "INVALID_LABELS"],
    ["no labels", { mode: "filter" }, "INVALID_LABELS"],
    ["no mode", { agent: secret }, "INVALID_MODE"],
    ["a mode that is none", { agent: secret, mode: "off" }, "INVALID_MODE"],
  ])("with %s records nothing", async (_name, answer, code) => {
    const store = new MemoryLabelStore();
    const monitor = new Monitor({ store });
    await expect(monitor.labelAgent("agent", answer as never)).rejects.toMatchObject({ code });
    expect(store.read("agent")).toBeUndefined();
  });

  test.each(["", undefined, null, 5])("needs a key that is a text: %j", async (key) => {
    const monitor = new Monitor();
    await expect(monitor.labelAgent(key as string, { agent: nothing, mode: "strict" })).rejects.toThrow(
      TypeError,
    );
    await expect(
      monitor.before({ agent: key as string, tool: "t", resource: nothing, operation: "read" }),
    ).rejects.toThrow(TypeError);
  });
});

test("a denial says everything to the operator, and to the agent what it may know", async () => {
  const resource = { ...secret, description: "repository o/hidden" };
  const call = await ask(await monitorOf({ options: { mode: "filter" } }), { resource, isReadOnly: false });
  expect(call).toEqual({
    isAdmitted: false,
    denial: {
      code: "flow",
      isExecuted: false,
      forAgent: {
        message: "The resource is not accessible under the secrecy policy.",
        violations: [{ rule: "read-secrecy", tags: [] }],
      },
      forOperator: {
        message: '"repository o/hidden" belongs to "s", for which this agent is not cleared.',
        violations: [{ rule: "read-secrecy", tags: ["s"] }],
      },
    },
  });
});

test.each([null, {}, { secrecy: [] }, { secrecy: "s", integrity: [] }, { secrecy: ["*"], integrity: [] }])(
  "a resource labelled %j is a denial that says why to the operator alone",
  async (resource) => {
    const call = await ask(await monitorOf({}), { resource: resource as never });
    if (call.isAdmitted) throw new Error("admitted");
    expect(call.denial.code).toBe("labels");
    expect(call.denial.forAgent.message).toBe("The call could not be labelled.");
    expect(call.denial.forOperator.message).toMatch(/INVALID_LABELS: (labels|secrecy|integrity)/);
  },
);

test("a store that fails keeps calls from being made", async () => {
  const store = {
    read: () => Promise.reject(new Error("down")),
    join: () => Promise.reject(new Error("down")),
  };
  const monitor = new Monitor({ store });
  await expect(monitor.labelAgent("agent", { agent: nothing, mode: "strict" })).rejects.toThrow("down");
  await expect(ask(monitor, {})).rejects.toThrow("down");
});
