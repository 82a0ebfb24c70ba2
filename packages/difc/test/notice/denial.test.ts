import { describe, expect, test } from "vitest";
import { DifcError } from "../../src/error.js";
import { toToolResult } from "../../src/notice/denial.js";
import { denyUnlabelled } from "../../src/notice/deny.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { texts } from "../support/lay-out.js";
import { nothing, run, type Scenario } from "../support/run.js";

const byPosition = (...items: readonly object[]) =>
  ({
    kind: "items",
    items: items.map((labels) => ({ labels: { ...nothing, ...labels } })),
  }) as ResponseLabels;

async function messagesOf(scenario: Scenario): Promise<{ agent: string; operator: string }> {
  const outcome = await run(scenario);
  if (outcome.isDelivered) throw new Error("delivered");
  return { agent: outcome.denial.forAgent.message, operator: outcome.denial.forOperator.message };
}

const agent = { secrecy: [], integrity: ["approved:all"] };
const inStrict = { agent, options: { mode: "strict" } } as const;

describe("a refusal of several parts", () => {
  const result = texts([1, 2, 3]);
  const labels = byPosition(
    { description: "one" },
    { secrecy: ["s"], integrity: ["approved:all"] },
    { integrity: ["approved:all"] },
  );

  test("counts them, and tells the operator about the first", async () => {
    expect(await messagesOf({ ...inStrict, result, labels })).toEqual({
      agent: "[Filtered] The response is refused, because the access policy forbids 2 items of it.",
      operator:
        "The response is refused, because the access policy forbids 2 items of it. The first: " +
        '"one" is below the integrity "approved" that this agent requires of what it reads.',
    });
  });

  test("does not count what the agent may not know of, by option", async () => {
    const options = { mode: "strict", secrecyNotices: "none" } as const;
    const { agent: some } = await messagesOf({ agent, options, result, labels });
    expect(some).toBe(
      "[Filtered] The response is refused, because the integrity policy forbids 1 item of it.",
    );
    const secrets = byPosition({ secrecy: ["s"] }, { secrecy: ["s"] }, { secrecy: ["s"] });
    expect((await messagesOf({ options, result, labels: secrets })).agent).toBe("Access is denied.");
  });
});

describe("one thing that was asked for, and is withheld (spec 3.10)", () => {
  const labels = byPosition({ description: "issue o/r#1" });
  const message =
    '[Filtered] "issue o/r#1" is below the integrity "approved" that this agent requires of what it reads.';

  test.each(["get_issue", "issue_read", "search", "listing"])("is an error of %s", async (tool) => {
    const scenario = { agent, options: { mode: "filter" }, tool, result: texts([1]), labels } as const;
    expect((await messagesOf(scenario)).agent).toBe(message);
  });

  test.each(["list_issues", "search_issues"])("is an empty list of %s", async (tool) => {
    const scenario = { agent, options: { mode: "filter" }, tool, result: texts([1]), labels } as const;
    expect(await run(scenario)).toMatchObject({
      isDelivered: true,
      result: { content: [{ text: "[]" }, {}] },
    });
  });

  test("is not described when the agent is not cleared for it", async () => {
    const secret = byPosition({ description: "issue o/r#1", secrecy: ["private:o/r"] });
    const scenario = {
      agent,
      options: { mode: "filter" },
      tool: "get",
      result: texts([1]),
      labels: secret,
    } as const;
    expect(await messagesOf(scenario)).toEqual({
      agent: "[Filtered] The resource is not accessible under the secrecy policy.",
      operator:
        '"issue o/r#1" is below the integrity "approved" that this agent requires of what it reads. ' +
        '"issue o/r#1" belongs to private ("o/r"), for which this agent is not cleared.',
    });
    const silent = { ...scenario, options: { mode: "filter", secrecyNotices: "none" } } as const;
    expect((await messagesOf(silent)).agent).toBe("Access is denied.");
  });

  test("has been written to, which an agent must know that may not know why it gets nothing (W53)", async () => {
    const scenario = {
      operation: "write",
      resource: { secrecy: ["s"], integrity: [] },
      result: texts("x"),
    } as const;
    const silent = { ...scenario, options: { mode: "filter", secrecyNotices: "none" } } as const;
    expect((await messagesOf(silent)).agent).toBe(
      "Access is denied. The call has been carried out and must not be repeated; only its result is withheld.",
    );
  });

  test("may be hidden by its guard", async () => {
    const scenario = { result: texts("x"), labels: byPosition() } as const;
    expect(await messagesOf(scenario)).toEqual({
      agent: "[Filtered] The guard shows nothing of the result.",
      operator: "The guard shows nothing of the result.",
    });
  });
});

describe("what could not be labelled", () => {
  test("says why to the operator, if the reason is safe to say", () => {
    const known = denyUnlabelled(new DifcError("UNMATCHED_LABELS", "paths/0 points at nothing"));
    expect(known).toMatchObject({ code: "labels", isExecuted: false });
    expect(known.forOperator.message).toBe(
      "The call could not be labelled. UNMATCHED_LABELS: paths/0 points at nothing.",
    );
    const cause = new Error("secret");
    const unknown = denyUnlabelled(cause, "write");
    expect(unknown.cause).toBe(cause);
    expect(unknown).toMatchObject({
      isExecuted: true,
      forOperator: { message: "The result could not be labelled." },
    });
    expect(unknown.forAgent.message).toBe(
      "[Filtered] The result could not be labelled. " +
        "The call has been carried out and must not be repeated; only its result is withheld.",
    );
  });

  test("is a tool result for the agent", () => {
    expect(toToolResult(denyUnlabelled(new Error("secret")))).toEqual({
      content: [{ type: "text", text: "The call could not be labelled." }],
      isError: true,
    });
  });
});
