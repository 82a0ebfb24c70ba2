import { describe, expect, test } from "vitest";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { layOutOf, paths, secrecyOf, texts } from "../support/lay-out.js";
import { errorOf } from "../support/thrown-by.js";

// Section 7 of the specification, "Path labels (document; labels) → items", row by row. "R" is the secrecy of the
// resource, which is what items get that the reference leaves unlabelled (W4).

describe("rows in which the reference is sound", () => {
  test.each<[row: string, document: unknown, labels: ResponseLabels, items: unknown]>([
    [
      '[[7,8]]; items_path "/0"; "/0/1"→A',
      [[7, 8]],
      paths({ "/0/1": "A" }, { itemsPath: "/0", defaults: "D" }),
      ["D", "A"],
    ],
    [
      '{"a/b":[1]}; items_path "/a~1b"; "/a~1b/0"→A',
      { "a/b": [1] },
      paths({ "/a~1b/0": "A" }, { itemsPath: "/a~1b" }),
      ["A"],
    ],
  ])("%s", (_row, document, labels, items) => {
    expect(secrecyOf(layOutOf(document, labels))).toEqual(items);
  });

  test('items_path "/nope" is an error', () => {
    const error = errorOf(() => layOutOf({ items: [] }, paths({}, { itemsPath: "/nope" })));
    expect(error).toMatchObject({ code: "UNMATCHED_LABELS" });
    expect(error.message).not.toContain("nope");
  });

  test('secrecy "A", which is no list, is an error', () => {
    const labels = { kind: "paths", paths: [{ path: "/0", labels: { secrecy: "A", integrity: [] } }] };
    expect(errorOf(() => layOutOf([1], labels as unknown as ResponseLabels))).toMatchObject({
      code: "INVALID_LABELS",
      message: "paths/0: secrecy must be a list of tags",
    });
  });

  test("wrapped {x: 1} with defaults A is one item, the whole wrapper", () => {
    const layout = layOutOf(texts({ x: 1 }), paths({}, { defaults: "A" }), "tool-result");
    expect(layout).toMatchObject({ kind: "whole", labels: { secrecy: { tags: ["A"] } } });
  });
});

describe("rows in which ours is the safe one", () => {
  test("several entries for one item, the later one empty and nested, add up (W5)", () => {
    const document = { items: ["X"] };
    const labels = paths({ "/items/0": "A", "/items/0/title": "" }, { itemsPath: "/items" });
    // The item of the reference's row has a title.
    expect(secrecyOf(layOutOf({ items: [{ title: "X" }] }, labels))).toEqual(["A"]);
    // One that points at nothing in the item is an error all the same (W4).
    expect(errorOf(() => layOutOf(document, labels)).message).toBe(
      "paths/1 points at no item of the response",
    );
  });

  test.each(["/+0", "/01", "/-1", "/99", "/1e0", "/ 1"])(
    "[1,2,3,4] with an entry for %s is an error, not a label for something else (W60)",
    (path) => {
      expect(errorOf(() => layOutOf([1, 2, 3, 4], paths({ "/0": "A", [path]: "B" }))).code).toBe(
        "UNMATCHED_LABELS",
      );
    },
  );

  test('and so is one for "2", which is no pointer (W60)', () => {
    expect(errorOf(() => layOutOf([1, 2, 3, 4], paths({ "2": "D" })))).toMatchObject({
      code: "INVALID_LABELS",
      message: "paths/0: path must be a JSON pointer",
    });
  });

  test.each<[itemsPath: string, document: unknown, entry: string]>([
    ["/", [1, 2], "/0"],
    ["/items/", { items: [1] }, "/items/0"],
  ])(
    "items_path %j is the member with an empty name, which is not there (W60)",
    (itemsPath, document, entry) => {
      expect(errorOf(() => layOutOf(document, paths({ [entry]: "A" }, { itemsPath }))).code).toBe(
        "UNMATCHED_LABELS",
      );
    },
  );

  test('an object with the path "" and no items_path: the root is the item, and has its label (W60)', () => {
    expect(secrecyOf(layOutOf({ x: 1 }, paths({ "": "A" })))).toBe("A");
  });

  test("text blocks `[1,` and `2]` are two texts and no document, so nothing matches (W12)", () => {
    expect(errorOf(() => layOutOf(texts("[1,", "2]"), paths({ "/0": "A" }), "tool-result")).code).toBe(
      "UNMATCHED_LABELS",
    );
    expect(secrecyOf(layOutOf(texts("[1,", "2]"), paths({}), "tool-result"))).toBe("R");
  });

  test("labeled_paths null is an error (W4)", () => {
    expect(
      errorOf(() => layOutOf([1], { kind: "paths", paths: null } as unknown as ResponseLabels)),
    ).toMatchObject({
      code: "INVALID_LABELS",
      message: "paths must be a list",
    });
  });

  test("an item without entry and defaults has the resource's labels (W4)", () => {
    expect(secrecyOf(layOutOf([1, 2], paths({ "/1": "A" })))).toEqual(["R", "A"]);
  });
});
