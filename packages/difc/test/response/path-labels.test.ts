import { describe, expect, test } from "vitest";
import type { ItemsLayout } from "../../src/response/layout.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { layOutOf, paths, secrecyOf, texts } from "../support/lay-out.js";
import { errorOf } from "../support/thrown-by.js";

const entry = (path: string, secrecy: string[], integrity: string[], description?: string) => ({
  path,
  labels: { secrecy, integrity, ...(description === undefined ? {} : { description }) },
});

describe("entries", () => {
  test("for one item combine: all their secrecy, the integrity that they share (W5)", () => {
    const labels: ResponseLabels = {
      kind: "paths",
      paths: [
        entry("/0", ["a"], ["i", "j"], "the item"),
        entry("/0", ["b"], ["j", "k"], "again"),
        entry("/0/deep/0", [], ["j"], "something in it"),
      ],
    };
    const layout = layOutOf([{ deep: [1] }], labels) as ItemsLayout;
    expect(layout.items).toEqual([
      { description: "the item", secrecy: expect.anything(), integrity: expect.anything() },
    ]);
    expect(layout.items[0]).toMatchObject({ secrecy: { tags: ["a", "b"] }, integrity: { tags: ["j"] } });
  });

  test("within an item add to what the item has without them, and do not replace it (W5)", () => {
    const items = [{ x: 1 }, { x: 1 }];
    expect(secrecyOf(layOutOf(items, paths({ "/0/x": "A" }, { defaults: "D" })))).toEqual(["A+D", "D"]);
    expect(secrecyOf(layOutOf(items, paths({ "/0/x": "A" })))).toEqual(["A+R", "R"]);
    expect(
      secrecyOf(
        layOutOf(
          items,
          paths([
            ["/0/x", "A"],
            ["/0", "B"],
            ["/0/x", "C"],
          ]),
        ),
      ),
    ).toEqual(["A+B+C", "R"]);
  });

  test.each<[name: string, document: unknown, labels: ResponseLabels]>([
    ["the collection itself", { items: [1] }, paths({ "/items": "A" }, { itemsPath: "/items" })],
    ["the root above it", { items: [1] }, paths({ "": "A" }, { itemsPath: "/items" })],
    ["the root of an array", [1], paths({ "": "A" })],
    ["a member beside it", { items: [1], more: [1] }, paths({ "/more/0": "A" }, { itemsPath: "/items" })],
    [
      "one beside it with a longer name",
      { items: [1], items2: [1] },
      paths({ "/items2/0": "A" }, { itemsPath: "/items" }),
    ],
    ["nothing in an item", [{ a: 1 }], paths({ "/0/b": "A" })],
    ["a character of an item", ["text"], paths({ "/0/0": "A" })],
    ["the length of an array", [[1]], paths({ "/0/length": "A" })],
    ["a member of the prototype", [{}], paths({ "/0/constructor": "A" })],
    ["an item of an empty array", [], paths({ "/0": "A" })],
    ["the element behind the last", [1], paths({ "/-": "A" })],
    ["nothing in an object that is one item", { a: 1 }, paths({ "/b": "A" })],
  ])("that point at %s are errors (W4)", (_name, document, labels) => {
    expect(errorOf(() => layOutOf(document, labels))).toMatchObject({
      code: "UNMATCHED_LABELS",
      message: "paths/0 points at no item of the response",
    });
  });
});

describe("items", () => {
  test("without an entry have the defaults, then the resource's labels (W4)", () => {
    expect(secrecyOf(layOutOf([1, 2], paths({ "/0": "A" }, { defaults: "D" })))).toEqual(["A", "D"]);
    expect(secrecyOf(layOutOf([1, 2], paths({ "/0": "A" }, { defaults: "" })))).toEqual(["A", ""]);
    expect(secrecyOf(layOutOf([1, 2], paths({ "/0": "A" })))).toEqual(["A", "R"]);
  });

  test.each<[itemsPath: string, document: unknown]>([
    ["/items", { items: { 0: "x" } }],
    ["/items", { items: "text" }],
    ["/items/0", { items: [1] }],
    ["/length", [1]],
    ["/__proto__", {}],
    ["/a/b", { a: null }],
  ])("are in an array: %s of %j is an error", (itemsPath, document) => {
    expect(errorOf(() => layOutOf(document, paths({}, { itemsPath }))).code).toBe("UNMATCHED_LABELS");
  });
});

test("entries that add to defaults of very many tags are refused, before they use up all memory", () => {
  const items = Array.from({ length: 1000 }, (_, x) => ({ x }));
  const added = items.map((_, i) => entry(`/${i}/x`, ["A"], []));
  const defaults = (tags: number) => ({
    secrecy: Array.from({ length: tags }, (_, i) => `t${i}`),
    integrity: [],
  });
  const labels = (tags: number): ResponseLabels => ({
    kind: "paths",
    paths: added,
    defaults: defaults(tags),
  });
  const { items: labelled } = layOutOf(items, labels(1000)) as ItemsLayout;
  expect(labelled[7]).toMatchObject({ secrecy: { size: 1001 } });
  expect(errorOf(() => layOutOf(items, labels(1001))).code).toBe("INVALID_LABELS");
  // What only stands beside defaults, or for them, does not count.
  const replaced = items.map((_, i) => entry(`/${i}`, ["A"], []));
  const both = { ...labels(1001), paths: [...replaced, ...added] };
  expect(secrecyOf(layOutOf(items, both)).at(-1)).toBe("A");
});

describe("a response without items is one item", () => {
  test.each<[document: unknown, labels: ResponseLabels, secrecy: string]>([
    [{ x: { y: 1 } }, paths({}), "R"],
    [{ x: { y: 1 } }, paths({}, { defaults: "D" }), "D"],
    [{ x: { y: 1 } }, paths({ "": "A" }, { defaults: "D" }), "A"],
    [{ x: { y: 1 } }, paths({ "/x/y": "A" }, { defaults: "D" }), "A+D"],
    [
      { x: { y: 1 } },
      paths([
        ["/x", "A"],
        ["", "B"],
        ["", "C"],
      ]),
      "A+B+C",
    ],
    ["text", paths({ "": "A" }), "A"],
    [null, paths({ "": "A" }), "A"],
  ])("%j with %j: %s", (document, labels, secrecy) => {
    expect(secrecyOf(layOutOf(document, labels))).toBe(secrecy);
  });

  test("of a tool result, entries may point into any of its documents", () => {
    const result = { ...texts("prose", { title: "t" }), structuredContent: { body: "b" } };
    for (const path of ["", "/title", "/body", "/content/0/text"]) {
      const layout = layOutOf(result, paths({ [path]: "A" }, { defaults: "" }), "tool-result");
      // The result is more than one thing, so the resource's labels are there as well.
      expect(secrecyOf(layout)).toBe("A+R");
    }
    expect(errorOf(() => layOutOf(result, paths({ "/nope": "A" }), "tool-result")).code).toBe(
      "UNMATCHED_LABELS",
    );
  });
});

test("so many and so long paths that it would take seconds to follow them are refused", () => {
  const deep = `{"a":${"[".repeat(199)}0${"]".repeat(199)}}`;
  const result = texts(...Array.from({ length: 100 }, () => deep));
  const labels = (entries: number): ResponseLabels => ({
    kind: "paths",
    paths: Array.from({ length: entries }, () => entry(`/a${"/0".repeat(199)}`, ["A"], [])),
  });
  // A hundred texts and the result itself, two hundred steps each.
  const most = Math.floor(20_000_000 / (101 * 200));
  expect(secrecyOf(layOutOf(result, labels(most), "tool-result"))).toBe("A+R");
  expect(errorOf(() => layOutOf(result, labels(most + 1), "tool-result")).code).toBe("INVALID_LABELS");
});

describe("labels of all of a tool result are all there is to say only of one thing (W12)", () => {
  const document = { title: "t" };
  const text = { type: "text", text: JSON.stringify(document) };

  test.each<[name: string, result: unknown]>([
    ["one text block", { content: [text] }],
    [
      "one block of another kind, and flags",
      { content: [{ type: "image" }], isError: true, resultType: "complete" },
    ],
    ["structured content", { structuredContent: document }],
    ["the same once more as text", { content: [text], structuredContent: { title: "t" } }],
    ["nothing", { content: [] }],
  ])("%s", (_name, result) => {
    expect(secrecyOf(layOutOf(result, paths({ "": "A" }), "tool-result"))).toBe("A");
  });

  test.each<[name: string, result: unknown]>([
    ["a second block", { content: [text, { type: "text", text: "more" }] }],
    ["other members", { content: [text], _meta: {} }],
    ["structured content that says something else", { content: [text], structuredContent: { title: "u" } }],
    [
      "structured content beside prose",
      { content: [{ type: "text", text: "x" }], structuredContent: document },
    ],
    ["structured content beside an image", { content: [{ type: "image" }], structuredContent: document }],
  ])("%s carries the resource's as well", (_name, result) => {
    expect(secrecyOf(layOutOf(result, paths({ "": "A" }), "tool-result"))).toBe("A+R");
  });
});
