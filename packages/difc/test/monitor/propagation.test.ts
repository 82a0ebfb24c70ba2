import fc from "fast-check";
import { describe, test } from "vitest";
import { type AgentState, labelsOf } from "../../src/agent/agent-state.js";
import { MemoryLabelStore } from "../../src/agent/memory-label-store.js";
import { joinLabels, type Labels } from "../../src/labels/labels.js";
import { readLabels } from "../../src/labels/read-labels.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { anyTags, forAllAsync } from "../support/arbitraries.js";
import { texts } from "../support/lay-out.js";
import { admit, type Scenario } from "../support/run.js";

const anyLabels = fc.record({ secrecy: anyTags, integrity: anyTags });
/** A response of some items. */
const anyResponse = fc.array(anyLabels, { minLength: 1, maxLength: 3 }).map(
  (items): Scenario => ({
    result: texts(items.map((_, i) => i)),
    labels: { kind: "items", items: items.map((labels) => ({ labels })) },
  }),
);

/** The labels of an agent after it has read all of these, one after the other or all at once. */
async function after(
  agent: { secrecy: string[]; integrity: string[] },
  responses: Scenario[],
  atOnce = false,
) {
  const store = new MemoryLabelStore();
  const monitor = new Monitor({ mode: "propagate", store });
  await monitor.labelAgent("agent", { agent, mode: "propagate" });
  const read = async (scenario: Scenario) => {
    const call = await admit(monitor, scenario);
    return monitor.after(call, scenario.result, scenario.labels);
  };
  if (atOnce) await Promise.all(responses.map(read));
  else for (const response of responses) await read(response);
  return labelsOf(store.read("agent") as AgentState);
}

const areEqual = (one: Labels, other: Labels) =>
  one.secrecy.equals(other.secrecy) && one.integrity.equals(other.integrity);

describe("what an agent has read", () => {
  test("is the same in any order, all at once, and when it is read again", async () => {
    await forAllAsync(
      fc.asyncProperty(
        anyLabels,
        fc.array(anyResponse, { maxLength: 3 }),
        fc.boolean(),
        async (agent, responses, atOnce) => {
          const again = [...responses.toReversed(), ...responses];
          return areEqual(await after(agent, responses), await after(agent, again, atOnce));
        },
      ),
    );
  });

  test("is what it was given, joined with what it was", async () => {
    await forAllAsync(
      fc.asyncProperty(
        anyLabels,
        fc.array(anyLabels, { minLength: 1, maxLength: 5 }),
        async (agent, items) => {
          const response: Scenario = {
            result: texts(items.map((_, i) => i)),
            labels: { kind: "items", items: items.map((labels) => ({ labels })) },
          };
          const expected = joinLabels([agent, ...items].map((labels) => readLabels(labels)));
          return areEqual(await after(agent, [response]), expected);
        },
      ),
    );
  });
});
