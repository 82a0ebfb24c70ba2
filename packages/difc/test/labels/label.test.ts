import { describe, expect, test } from "vitest";
import { Label } from "../../src/labels/label.js";
import { errorOf } from "../support/thrown-by.js";

describe("a label", () => {
  test("has its tags in a stable order, each once", () => {
    expect(Label.of("b", "a", "b", "B", "").tags).toEqual(["", "B", "a", "b"]);
    expect([...Label.of("b", "a")]).toEqual(["a", "b"]);
  });

  test("is equal to another by its tags alone", () => {
    expect(Label.of("a", "b").equals(Label.of("b", "a"))).toBe(true);
    expect(Label.of("a").equals(Label.of("b"))).toBe(false);
    expect(Label.of("a").equals(Label.of("a", "b"))).toBe(false);
    expect(Label.of()).toBe(Label.none);
  });

  test("takes tags as they are: no trimming, no folding, no normalisation", () => {
    const label = Label.of("a", " a", "A", "e\u0301", "\u00e9");
    expect(label.size).toBe(5);
    expect(label.has("a ")).toBe(false);
  });

  test("cannot be changed", () => {
    const tags = ["a"];
    const label = Label.from(tags);
    tags.push("b");
    expect(label.tags).toEqual(["a"]);
    expect(() => (label.tags as string[]).push("c")).toThrow(TypeError);
    expect(() => Object.assign(label, { tags: ["c"] })).toThrow(TypeError);
    expect(() => Object.assign(Label.all, { tags: [] })).toThrow(TypeError);
  });

  test("tells what it lacks", () => {
    expect(Label.of("c", "a", "b").without(Label.of("b"))).toEqual(["a", "c"]);
    expect(Label.of("a").without(Label.of("a", "b"))).toEqual([]);
    expect(Label.all.without(Label.of("a"))).toEqual(["*"]);
    expect(Label.of("a").without(Label.all)).toEqual([]);
    expect(Label.all.without(Label.all)).toEqual([]);
  });

  test("finds each of many tags, and no other", () => {
    const tags = Array.from({ length: 1000 }, (_, i) => `t${i}`);
    const label = Label.from(tags);
    expect(tags.every((tag) => label.has(tag))).toBe(true);
    expect(["", "t", "t1000", "u", "T1"].some((tag) => label.has(tag))).toBe(false);
  });
});

describe("the label of all tags", () => {
  test("has every tag, and includes every label", () => {
    expect(Label.all.has("whatever")).toBe(true);
    expect(Label.all.size).toBe(Number.POSITIVE_INFINITY);
    expect(Label.of("a").isSubsetOf(Label.all)).toBe(true);
    expect(Label.all.isSubsetOf(Label.of("a"))).toBe(false);
  });

  test("is expanded in unions and intersections (W16)", () => {
    expect(Label.all.intersect(Label.of("a"))).toEqual(Label.of("a"));
    expect(Label.of("a").intersect(Label.all)).toEqual(Label.of("a"));
    expect(Label.all.union(Label.of("a"))).toBe(Label.all);
  });

  test.each(["*"])("is not what a guard gets that writes %s (W19)", (tag) => {
    expect(errorOf(() => Label.of(tag))).toMatchObject({ code: "INVALID_LABELS" });
    expect(errorOf(() => Label.from(["a", tag], "secrecy")).message).toBe(
      "secrecy/1 is the wildcard, which only configuration may use, by naming Label.all",
    );
    expect(Label.of("**", "a*", " *").size).toBe(3);
  });
});

describe("JSON", () => {
  test.each([[Label.none], [Label.of("b", "a")], [Label.all]])("comes back as it was: %j", (label) => {
    expect(Label.fromJSON(JSON.parse(JSON.stringify(label)))).toEqual(label);
  });

  test("is the one door for the wildcard, which stands alone there", () => {
    expect(Label.fromJSON(["*"])).toBe(Label.all);
    expect(errorOf(() => Label.fromJSON(["*", "a"])).code).toBe("INVALID_LABELS");
  });

  test.each([[null], ["a"], [{ length: 0 }], [[1]], [[null]], [[["a"]]], [["\ud800"]]])(
    "%j is no label",
    (json) => {
      expect(errorOf(() => Label.fromJSON(json)).code).toBe("INVALID_LABELS");
    },
  );
});

test("a union of many labels with many tags takes no quadratic time", () => {
  const labels = Array.from({ length: 100_000 }, (_, i) => Label.of(`t${i}`));
  const all = Label.union(labels);
  expect(all.size).toBe(100_000);
  expect(Label.union(Array.from({ length: 100_000 }, () => all))).toBe(all);
  expect(Label.intersection(Array.from({ length: 100_000 }, () => all))).toBe(all);
  expect(Label.intersection([all, ...labels]).size).toBe(0);
});
