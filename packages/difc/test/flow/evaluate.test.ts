import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Decision, evaluate } from "../../src/flow/evaluate.js";
import type { DifcMode } from "../../src/flow/mode.js";
import type { Operation } from "../../src/flow/operation.js";
import type { FlowRule } from "../../src/flow/rules.js";
import { Label } from "../../src/labels/label.js";
import { joinLabels, type Labels } from "../../src/labels/labels.js";
import { anyLabels, anyMode, anyOperation, forAll, labelsOf } from "../support/arbitraries.js";

const agent = labelsOf(["s"], ["i"]);

/** One resource for each way in which it can stand to the agent. */
const resources: Readonly<Record<string, Labels>> = {
  same: labelsOf(["s"], ["i"]),
  "more secret": labelsOf(["s", "t"], ["i"]),
  "less secret": labelsOf([], ["i"]),
  "otherwise secret": labelsOf(["t"], ["i"]),
  "more trusted": labelsOf(["s"], ["i", "j"]),
  "less trusted": labelsOf(["s"], []),
  "otherwise trusted": labelsOf(["s"], ["j"]),
  "otherwise both": labelsOf(["t"], ["j"]),
};

type Row = readonly [resource: string, read: readonly FlowRule[], write: readonly FlowRule[]];

/** Which rules reading and writing violate (spec 3.2). */
const rows: readonly Row[] = [
  ["same", [], []],
  ["more secret", ["read-secrecy"], []],
  ["less secret", [], ["write-secrecy"]],
  ["otherwise secret", ["read-secrecy"], ["write-secrecy"]],
  ["more trusted", [], ["write-integrity"]],
  ["less trusted", ["read-integrity"], []],
  ["otherwise trusted", ["read-integrity"], ["write-integrity"]],
  ["otherwise both", ["read-integrity", "read-secrecy"], ["write-integrity", "write-secrecy"]],
];

const outcome = (decision: Decision) =>
  decision.kind === "deny" ? decision.violations.map(({ rule }) => rule) : decision.kind;

describe.each(rows)("a resource that is %s", (name, read, write) => {
  const resource = resources[name] as Labels;
  const denyOr = (rules: readonly FlowRule[], otherwise: string) => (rules.length > 0 ? rules : otherwise);

  test.each<DifcMode>(["strict", "filter"])("in mode %s", (mode) => {
    expect(outcome(evaluate(agent, resource, "read", mode))).toEqual(denyOr(read, "allow"));
    expect(outcome(evaluate(agent, resource, "write", mode))).toEqual(denyOr(write, "allow"));
    expect(outcome(evaluate(agent, resource, "read-write", mode))).toEqual(
      denyOr([...read, ...write], "allow"),
    );
  });

  test("in mode propagate", () => {
    const reading = read.length > 0 ? "propagate" : "allow";
    expect(outcome(evaluate(agent, resource, "read", "propagate"))).toBe(reading);
    expect(outcome(evaluate(agent, resource, "write", "propagate"))).toEqual(denyOr(write, "allow"));
    expect(outcome(evaluate(agent, resource, "read-write", "propagate"))).toEqual(denyOr(write, reading));
  });
});

describe("violations", () => {
  test("carry the violating tags in a stable order, integrity first", () => {
    const decision = evaluate(labelsOf([], ["z", "y"]), labelsOf(["c", "b"], []), "read", "strict");
    expect(decision).toMatchObject({
      kind: "deny",
      violations: [
        { rule: "read-integrity", tags: ["y", "z"] },
        { rule: "read-secrecy", tags: ["b", "c"] },
      ],
    });
  });

  test("name the wildcard where a label of all tags does not fit", () => {
    const everything = { secrecy: Label.all, integrity: Label.all };
    expect(evaluate(agent, everything, "read", "strict")).toMatchObject({
      violations: [{ rule: "read-secrecy", tags: ["*"] }],
    });
    expect(evaluate(agent, everything, "write", "strict")).toMatchObject({
      violations: [{ rule: "write-integrity", tags: ["*"] }],
    });
    expect(evaluate(everything, agent, "write", "strict")).toMatchObject({
      violations: [{ rule: "write-secrecy", tags: ["*"] }],
    });
  });
});

describe("propagation", () => {
  test("lists what the agent takes on and gives up", () => {
    const decision = evaluate(agent, labelsOf(["s", "t"], ["j"]), "read", "propagate");
    expect(decision).toEqual({
      kind: "propagate",
      secrecyToAdd: ["t"],
      integrityToDrop: ["i"],
      message: 'By reading this, the agent takes on the secrecy of "t" and gives up the integrity "i".',
    });
  });

  test("is not lost when the call also writes (W57)", () => {
    const decision = evaluate(agent, labelsOf(["s", "t"], ["i"]), "read-write", "propagate");
    expect(decision).toMatchObject({ kind: "propagate", secrecyToAdd: ["t"], integrityToDrop: [] });
  });
});

describe("an operation outside the three is denied (W20)", () => {
  test.each(["READ", "delete", "", "__proto__", "constructor", undefined, null, 1])("%j", (operation) => {
    for (const mode of ["strict", "filter", "propagate"] as const) {
      const decision = evaluate(agent, agent, operation as Operation, mode);
      expect(outcome(decision)).toEqual(["operation"]);
    }
  });

  test("and an unknown mode forgives nothing", () => {
    const decision = evaluate(agent, labelsOf(["t"], []), "read", "lenient" as DifcMode);
    expect(outcome(decision)).toEqual(["read-integrity", "read-secrecy"]);
  });
});

describe("evaluation is monotone", () => {
  const rank = { deny: 0, propagate: 1, allow: 2 };
  const rankOf = (who: Labels, what: Labels, operation: Operation, mode: DifcMode) =>
    rank[evaluate(who, what, operation, mode).kind];
  /** What is both: at least as secret, and at most as trusted. */
  const raise = (low: Labels, by: Labels) => joinLabels([low, by]);

  test("a higher resource is never easier to read, nor is a lower agent a better reader", () => {
    forAll(
      fc.property(
        anyLabels,
        anyLabels,
        anyLabels,
        anyMode,
        (low, by, other, mode) =>
          rankOf(other, raise(low, by), "read", mode) <= rankOf(other, low, "read", mode) &&
          rankOf(low, other, "read", mode) <= rankOf(raise(low, by), other, "read", mode),
      ),
    );
  });

  test("a higher agent never writes more easily, nor is a lower resource easier to write to", () => {
    forAll(
      fc.property(
        anyLabels,
        anyLabels,
        anyLabels,
        anyMode,
        (low, by, other, mode) =>
          rankOf(raise(low, by), other, "write", mode) <= rankOf(low, other, "write", mode) &&
          rankOf(other, low, "write", mode) <= rankOf(other, raise(low, by), "write", mode),
      ),
    );
  });

  test("a stricter mode never allows more", () => {
    forAll(
      fc.property(
        anyLabels,
        anyLabels,
        anyOperation,
        (who, what, operation) =>
          rankOf(who, what, operation, "strict") === rankOf(who, what, operation, "filter") &&
          rankOf(who, what, operation, "filter") <= rankOf(who, what, operation, "propagate"),
      ),
    );
  });

  test("to read and write is never easier than either", () => {
    forAll(
      fc.property(anyLabels, anyLabels, anyMode, (who, what, mode) => {
        const both = rankOf(who, what, "read-write", mode);
        return both === Math.min(rankOf(who, what, "read", mode), rankOf(who, what, "write", mode));
      }),
    );
  });
});
