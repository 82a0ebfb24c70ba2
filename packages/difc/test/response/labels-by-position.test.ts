import { describe, expect, test } from "vitest";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { layOutOf, secrecyOf, texts } from "../support/lay-out.js";
import { errorOf } from "../support/thrown-by.js";

/** Labels by position in short; undefined stands for an item without labels. */
const byPosition = (...tags: readonly (string | undefined)[]): ResponseLabels => ({
  kind: "items",
  items: tags.map((tag) => (tag === undefined ? {} : { labels: { secrecy: [tag], integrity: ["i"] } })),
});

describe("labels are about the backend's own items", () => {
  test.each<[name: string, result: unknown]>([
    ["an array in a text", texts([1, 2])],
    ["the only array of an object in a text", texts({ total_count: 2, list: [1, 2] })],
    ["structured content", { structuredContent: { list: [1, 2] } }],
    ["both, which say the same", { ...texts([1, 2]), structuredContent: { result: [1, 2] } }],
    ["beside other content", texts("prose", [1, 2])],
  ])("%s", (_name, result) => {
    expect(secrecyOf(layOutOf(result, byPosition("A", "B"), "tool-result"))).toEqual(["A", "B"]);
  });

  test("one without labels has the resource's (W40)", () => {
    expect(secrecyOf(layOutOf([1, 2], byPosition("A", undefined)))).toEqual(["A", "R"]);
  });
});

describe("where they cannot be, they are about all of the response together", () => {
  test.each<[name: string, result: unknown, labels: ResponseLabels, secrecy: string]>([
    ["one label for a response that is one thing", texts({ title: "x" }), byPosition("A"), "A"],
    ["one label for prose", texts("prose"), byPosition("A"), "A"],
    ["several for prose", texts("prose"), byPosition("A", "B"), "A+B"],
    ["an object with two arrays", texts({ a: [1, 2], b: [3] }), byPosition("A", "B"), "A+B"],
    ["an object with no array", texts({ a: 1 }), byPosition("A", "B"), "A+B"],
    ["arrays that differ", texts([1, 2], [3, 4]), byPosition("A", "B"), "A+B+R"],
    ["more labels than items", texts([1]), byPosition("A", "B"), "A+B"],
    // What is left without a label has the resource's.
    ["fewer labels than items", texts([1, 2, 3]), byPosition("A", "B"), "A+B+R"],
    ["one label for several items", texts([1, 2, 3]), byPosition("A"), "A+R"],
    ["one unlabelled item", texts("prose"), byPosition(undefined), "R"],
  ])("%s", (_name, result, labels, secrecy) => {
    expect(secrecyOf(layOutOf(result, labels, "tool-result"))).toBe(secrecy);
  });

  test("and have the integrity that they share", () => {
    const labels: ResponseLabels = {
      kind: "items",
      items: [
        { labels: { secrecy: [], integrity: ["i", "j"] } },
        { labels: { secrecy: [], integrity: ["j"] } },
      ],
    };
    expect(layOutOf("prose", labels)).toMatchObject({ labels: { integrity: { tags: ["j"] } } });
  });
});

describe("a guard that lists nothing shows nothing (W3)", () => {
  test("of a response with items it shows none", () => {
    expect(secrecyOf(layOutOf(texts([1, 2]), byPosition(), "tool-result"))).toEqual(["hidden", "hidden"]);
    expect(secrecyOf(layOutOf({ list: [1] }, byPosition()))).toEqual(["hidden"]);
  });

  test("of another response nothing at all", () => {
    expect(secrecyOf(layOutOf(texts("prose"), byPosition(), "tool-result"))).toBe("hidden");
    expect(secrecyOf(layOutOf({ a: [1], b: [2] }, byPosition()))).toBe("hidden");
  });

  test("what has no items has none to show", () => {
    expect(secrecyOf(layOutOf({ list: [] }, byPosition()))).toEqual([]);
  });
});

test.each<[labels: unknown, message: string]>([
  [{ kind: "items" }, "items must be a list"],
  [{ kind: "items", items: [null] }, "items/0: must be an object"],
  [{ kind: "items", items: [{}, { labels: null }] }, "items/1: labels must be an object"],
  [{ kind: "items", items: [{ labels: {} }] }, "items/0: secrecy must be a list of tags"],
  [
    { kind: "items", items: [{ labels: { secrecy: ["*"], integrity: [] } }] },
    "items/0: secrecy/0 is the wildcard, which only configuration may use, by naming Label.all",
  ],
  [{ kind: "list" }, "labels of a response must be unlabeled, paths or items"],
  [{}, "labels of a response must be unlabeled, paths or items"],
  [null, "labels of a response must be unlabeled, paths or items"],
])("%j is an error", (labels, message) => {
  expect(errorOf(() => layOutOf([1], labels as ResponseLabels))).toMatchObject({
    code: "INVALID_LABELS",
    message,
  });
});
