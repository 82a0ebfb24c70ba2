import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Label } from "../../src/labels/label.js";
import { canFlow, joinLabels, type Labels, lowestLabels } from "../../src/labels/labels.js";
import { anyLabel, anyLabels, anyTags, forAll } from "../support/arbitraries.js";

const areEqual = (one: Labels, other: Labels) =>
  one.secrecy.equals(other.secrecy) && one.integrity.equals(other.integrity);
const implies = (premise: boolean, conclusion: boolean) => !premise || conclusion;

describe("labels are a lattice by inclusion", () => {
  test("a label is what its tags are", () => {
    forAll(
      fc.property(anyTags, (tags) => Label.from(tags.toReversed()).equals(Label.from([...tags, ...tags]))),
    );
  });

  test("inclusion is reflexive, antisymmetric and transitive", () => {
    forAll(
      fc.property(
        anyLabel,
        anyLabel,
        anyLabel,
        (a, b, c) =>
          a.isSubsetOf(a) &&
          (a.isSubsetOf(b) && b.isSubsetOf(a)) === a.equals(b) &&
          implies(a.isSubsetOf(b) && b.isSubsetOf(c), a.isSubsetOf(c)),
      ),
    );
  });

  test.each<[law: string, holds: (a: Label, b: Label, c: Label) => boolean]>([
    ["union is commutative", (a, b) => a.union(b).equals(b.union(a))],
    [
      "union is associative",
      (a, b, c) =>
        a
          .union(b)
          .union(c)
          .equals(a.union(b.union(c))),
    ],
    ["union is idempotent", (a) => a.union(a).equals(a)],
    ["intersection is commutative", (a, b) => a.intersect(b).equals(b.intersect(a))],
    [
      "intersection is associative",
      (a, b, c) =>
        a
          .intersect(b)
          .intersect(c)
          .equals(a.intersect(b.intersect(c))),
    ],
    ["intersection is idempotent", (a) => a.intersect(a).equals(a)],
    ["union absorbs intersection", (a, b) => a.union(a.intersect(b)).equals(a)],
    ["intersection absorbs union", (a, b) => a.intersect(a.union(b)).equals(a)],
    [
      "union is the least upper bound",
      (a, b, c) => a.union(b).isSubsetOf(c) === (a.isSubsetOf(c) && b.isSubsetOf(c)),
    ],
    [
      "intersection is the greatest lower bound",
      (a, b, c) => c.isSubsetOf(a.intersect(b)) === (c.isSubsetOf(a) && c.isSubsetOf(b)),
    ],
  ])("%s", (_law, holds) => {
    forAll(fc.property(anyLabel, anyLabel, anyLabel, holds));
  });

  test("of many labels, union and intersection are the same as of two and two", () => {
    const folded = (labels: readonly Label[], fold: (one: Label, other: Label) => Label, start: Label) =>
      labels.reduce(fold, start);
    forAll(
      fc.property(
        fc.array(anyLabel),
        (labels) =>
          Label.union(labels).equals(folded(labels, (one, other) => one.union(other), Label.none)) &&
          Label.intersection(labels).equals(folded(labels, (one, other) => one.intersect(other), Label.all)),
      ),
    );
  });

  test("what a label lacks is what keeps it from being included", () => {
    forAll(
      fc.property(anyLabel, anyLabel, (a, b) => {
        const lacking = a.without(b);
        return (
          (lacking.length === 0) === a.isSubsetOf(b) &&
          lacking.every((tag, i) => i === 0 || (lacking[i - 1] as string) < tag) &&
          (a === Label.all || Label.from(lacking).union(a.intersect(b)).equals(a))
        );
      }),
    );
  });
});

describe("flow is a partial order, and joining its least upper bound", () => {
  test("reflexive, antisymmetric, transitive", () => {
    forAll(
      fc.property(
        anyLabels,
        anyLabels,
        anyLabels,
        (a, b, c) =>
          canFlow(a, a) &&
          (canFlow(a, b) && canFlow(b, a)) === areEqual(a, b) &&
          implies(canFlow(a, b) && canFlow(b, c), canFlow(a, c)),
      ),
    );
  });

  test("what is joined may flow where all of its parts may", () => {
    forAll(
      fc.property(
        fc.array(anyLabels),
        anyLabels,
        (parts, target) =>
          canFlow(joinLabels(parts), target) === parts.every((part) => canFlow(part, target)),
      ),
    );
  });

  test("the lowest labels may flow anywhere, and change nothing when joined", () => {
    forAll(
      fc.property(
        anyLabels,
        (labels) => canFlow(lowestLabels, labels) && areEqual(joinLabels([labels, lowestLabels]), labels),
      ),
    );
    expect(joinLabels([])).toEqual(lowestLabels);
  });
});
