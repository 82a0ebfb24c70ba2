import { describe, expect, test } from "vitest";
import { explain, explainToAgent } from "../../src/flow/explain.js";
import type { FlowRule } from "../../src/flow/rules.js";
import { labelsOf } from "../support/arbitraries.js";

const agent = labelsOf(["private:o/mine"], ["none:all", "unapproved:all", "approved:all"]);
const described = (secrecy: string[], integrity: string[]) => ({
  ...labelsOf(secrecy, integrity),
  description: "issue o/r#1",
});

describe("for operators (spec 3.4)", () => {
  test.each<[rule: FlowRule, resource: ReturnType<typeof described>, message: string]>([
    [
      "read-integrity",
      described([], ["none:all"]),
      '"issue o/r#1" is below the integrity "approved" that this agent requires of what it reads.',
    ],
    [
      "read-secrecy",
      described(["private", "private:o", "private:o/r"], []),
      '"issue o/r#1" belongs to private ("o/r"), for which this agent is not cleared.',
    ],
    [
      "write-integrity",
      described([], ["merged:all"]),
      '"issue o/r#1" takes writes of integrity "merged", which this agent lacks.',
    ],
    [
      "write-secrecy",
      described([], []),
      '"issue o/r#1" must not receive what this agent carries: data of private ("o/mine").',
    ],
  ])("%s", (rule, resource, message) => {
    expect(explain(agent, resource, [rule]).message).toBe(message);
  });

  test("each violated rule has a sentence", () => {
    const { message, violations } = explain(agent, labelsOf(["t"], []), ["read-integrity", "read-secrecy"]);
    expect(message.split(". ")).toHaveLength(2);
    expect(violations.map(({ rule }) => rule)).toEqual(["read-integrity", "read-secrecy"]);
  });

  test("what has no description, or a blank one, is the resource", () => {
    const nameless = explain(agent, { ...labelsOf([], []), description: "  " }, ["write-secrecy"]);
    expect(nameless.message).toMatch(/^The resource must not receive/);
  });
});

describe("for the agent, what it is not cleared for has neither description nor tags (W13)", () => {
  const secret = described(["private:o/secret"], ["merged:o/secret"]);

  test.each<[rules: FlowRule[], message: string, told: FlowRule[]]>([
    [["read-secrecy"], "The resource is not accessible under the secrecy policy.", ["read-secrecy"]],
    [
      ["read-integrity", "read-secrecy", "write-integrity", "write-secrecy"],
      "The resource is not accessible under the secrecy policy.",
      ["read-secrecy"],
    ],
    [["read-integrity"], "The resource is not accessible under the integrity policy.", ["read-integrity"]],
    [
      ["write-integrity", "write-secrecy"],
      "The resource takes writes of an integrity that this agent lacks. " +
        "The resource must not receive what this agent carries.",
      ["write-integrity", "write-secrecy"],
    ],
  ])("%j", (rules, message, told) => {
    expect(explainToAgent(agent, secret, rules, "count")).toEqual({
      message,
      violations: told.map((rule) => ({ rule, tags: [] })),
    });
  });

  test("or is not mentioned at all, by option", () => {
    expect(explainToAgent(agent, secret, ["write-integrity"], "none")).toEqual({
      message: "Access is denied.",
      violations: [],
    });
  });

  test("but what it is cleared for is described in full", () => {
    const known = described(["private:o/mine"], []);
    expect(explainToAgent(agent, known, ["read-integrity"], "none")).toEqual(
      explain(agent, known, ["read-integrity"]),
    );
  });
});

test("no sentence uses the name of the theory (spec 3.10)", () => {
  const rules: FlowRule[] = ["read-integrity", "read-secrecy", "write-integrity", "write-secrecy"];
  for (const resource of [described(["t"], ["j"]), described([], [])]) {
    expect(explainToAgent(agent, resource, rules, "count").message).not.toMatch(/difc/i);
  }
});
