import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AgentState,
  agentStateFromJSON,
  grant,
  initialState,
  joinStates,
  labelsOf,
  taint,
} from "../../src/agent/agent-state.js";
import { Label } from "../../src/labels/label.js";
import { anyLabel, anyLabels, forAll, labelsOf as labels } from "../support/arbitraries.js";
import { errorOf } from "../support/thrown-by.js";

const anyState: fc.Arbitrary<AgentState> = fc.record({
  secrecy: anyLabel,
  granted: anyLabel,
  ceiling: anyLabel,
});
const areEqual = (one: AgentState, other: AgentState) =>
  one.secrecy.equals(other.secrecy) && one.granted.equals(other.granted) && one.ceiling.equals(other.ceiling);

describe("states are a join-semilattice", () => {
  test.each<[law: string, holds: (a: AgentState, b: AgentState, c: AgentState) => boolean]>([
    ["commutative", (a, b) => areEqual(joinStates(a, b), joinStates(b, a))],
    ["associative", (a, b, c) => areEqual(joinStates(joinStates(a, b), c), joinStates(a, joinStates(b, c)))],
    ["idempotent", (a) => areEqual(joinStates(a, a), a)],
    ["with the initial state at the bottom", (a) => areEqual(joinStates(a, initialState), a)],
  ])("%s", (_law, holds) => {
    forAll(fc.property(anyState, anyState, anyState, holds));
  });
});

describe("what an agent takes in", () => {
  test("only ever adds secrecy and drops integrity", () => {
    forAll(
      fc.property(anyState, anyLabels, (state, thing) => {
        const before = labelsOf(state);
        const after = labelsOf(joinStates(state, taint(thing)));
        return (
          before.secrecy.isSubsetOf(after.secrecy) &&
          thing.secrecy.isSubsetOf(after.secrecy) &&
          after.integrity.equals(before.integrity.intersect(thing.integrity))
        );
      }),
    );
  });

  test("counts in any order, and no more the second time", () => {
    forAll(
      fc.property(anyState, fc.array(anyLabels), (state, things) => {
        const take = (start: AgentState, list: typeof things) =>
          list.reduce((current, thing) => joinStates(current, taint(thing)), start);
        return areEqual(take(state, things), take(state, [...things.toReversed(), ...things]));
      }),
    );
  });

  test("keeps grants from bringing integrity back, whenever they come (W17)", () => {
    forAll(
      fc.property(anyState, anyLabels, anyLabels, (state, thing, granted) => {
        const late = joinStates(joinStates(state, taint(thing)), grant(granted));
        const early = joinStates(joinStates(state, grant(granted)), taint(thing));
        return areEqual(late, early) && labelsOf(late).integrity.isSubsetOf(thing.integrity);
      }),
    );
  });

  test("drops what is not shared, also tags that nobody has granted yet (W17)", () => {
    const tainted = joinStates(grant(labels([], ["approved"])), taint(labels(["s"], ["approved", "x"])));
    expect(labelsOf(tainted)).toEqual(labels(["s"], ["approved"]));
    const relabelled = joinStates(tainted, grant(labels([], ["approved", "merged", "x"])));
    expect(labelsOf(relabelled)).toEqual(labels(["s"], ["approved", "x"]));
  });
});

describe("JSON", () => {
  test("comes back as it was", () => {
    forAll(
      fc.property(anyState, (state) =>
        areEqual(agentStateFromJSON(JSON.parse(JSON.stringify(state))), state),
      ),
    );
    expect(JSON.parse(JSON.stringify(initialState))).toEqual({ secrecy: [], granted: [], ceiling: ["*"] });
  });

  test.each([null, [], {}, "x", { secrecy: [], granted: [] }, { secrecy: [], granted: [], ceiling: "*" }])(
    "%j is no state, rather than half of one",
    (json) => {
      expect(errorOf(() => agentStateFromJSON(json)).code).toBe("INVALID_LABELS");
    },
  );
});

test("states cannot be changed", () => {
  const state = joinStates(initialState, taint(labels(["s"], [])));
  for (const frozen of [state, initialState, agentStateFromJSON(JSON.parse(JSON.stringify(state)))]) {
    expect(() => Object.assign(frozen, { secrecy: Label.none })).toThrow(TypeError);
  }
});
