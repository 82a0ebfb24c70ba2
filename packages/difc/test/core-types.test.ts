import {
  type AgentLabels,
  type ResponseLabels as CoreResponseLabels,
  decodeAgentAnswer,
  decodeResourceAnswer,
  decodeResponseAnswer,
  type ResourceLabels,
} from "@guardhost/core";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { ResourceAnswer } from "../src/guards/built-in-guard.js";
import type { AgentAnswer } from "../src/monitor/monitor.js";
import { Monitor } from "../src/monitor/monitor.js";
import type { ResponseLabels } from "../src/response/response-labels.js";
import { texts } from "./support/lay-out.js";

test("what core decodes is what the monitor takes", () => {
  expectTypeOf<AgentLabels>().toExtend<AgentAnswer>();
  expectTypeOf<ResourceLabels>().toExtend<ResourceAnswer>();
  expectTypeOf<CoreResponseLabels>().toExtend<ResponseLabels>();
});

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("answers of a guard, from its bytes to what the agent gets", () => {
  const agentAnswer = { agent: { secrecy: [" private:o/r "], integrity: ["approved"] }, difc_mode: "FILTER" };
  const resourceAnswer = {
    resource: { description: "issues of o/r", secrecy: [], integrity: [] },
    operation: "read",
  };
  const call = { agent: "agent", tool: "list_issues", isReadOnly: true };

  test.each<[answer: unknown, delivered: string]>([
    [
      {
        items_path: "/items",
        labeled_paths: [{ path: "/items/1", labels: { secrecy: ["private:o/r"], integrity: ["approved"] } }],
      },
      '{"items":[2]}',
    ],
    [
      { items: [{ data: "forged", labels: { integrity: ["approved"] } }, { data: "forged" }] },
      '{"items":[1]}',
    ],
  ])("%j", async (answer, delivered) => {
    const monitor = new Monitor({ mode: "filter" });
    const { mode, labels } = await monitor.labelAgent("agent", decodeAgentAnswer(bytes(agentAnswer)));
    expect([mode, labels.secrecy.tags]).toEqual(["filter", ["private:o/r"]]);
    const admitted = await monitor.before({ ...call, mode, ...decodeResourceAnswer(bytes(resourceAnswer)) });
    if (!admitted.isAdmitted) throw new Error("denied");
    const outcome = await monitor.after(
      admitted,
      texts({ items: [1, 2] }),
      decodeResponseAnswer(bytes(answer)),
    );
    expect(outcome).toMatchObject({ isDelivered: true, result: { content: [{ text: delivered }, {}] } });
    expect(JSON.stringify(outcome)).not.toContain("forged");
  });
});
