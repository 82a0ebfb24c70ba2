import { describe, expect, test } from "vitest";
import type { ItemsLayout } from "../../src/response/layout.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { layOutOf, paths, secrecyOf, texts } from "../support/lay-out.js";
import { errorOf } from "../support/thrown-by.js";

const inToolResult = (result: unknown, labels: ResponseLabels) => layOutOf(result, labels, "tool-result");
/** Where the items were found, and whether what stands around them there was told apart. */
const places = (result: unknown, labels: ResponseLabels) =>
  (inToolResult(result, labels) as ItemsLayout).collection.documents.map(({ place, path, isToldApart }) => [
    place,
    path.join("/"),
    isToldApart,
  ]);

const items = { items: [{ n: 1 }, { n: 2 }] };
const labels = paths({ "/items/0": "A" }, { itemsPath: "/items" });

describe("each text block is a document of its own (W12)", () => {
  test("labels are about the one that they fit, wherever it stands", () => {
    expect(places(texts(items), labels)).toEqual([[0, "items", true]]);
    expect(places(texts("prose", { other: 1 }, items), labels)).toEqual([[2, "items", true]]);
    expect(places({ structuredContent: items }, labels)).toEqual([["structuredContent", "items", true]]);
  });

  test("blocks that are not text, and text that is no document, are not looked into", () => {
    const text = JSON.stringify(items);
    const content = [
      { type: "image", text },
      { type: "text", text: 5 },
      { type: "resource", resource: { text } },
      { text },
      null,
      [text],
    ];
    expect(errorOf(() => inToolResult({ content }, labels)).code).toBe("UNMATCHED_LABELS");
  });

  test("labels that fit two that differ are an error: nobody knows which is meant", () => {
    const other = { items: [{ n: 1 }, { n: 3 }] };
    for (const result of [texts(items, other), { ...texts(items), structuredContent: other }]) {
      expect(errorOf(() => inToolResult(result, labels))).toMatchObject({
        code: "UNMATCHED_LABELS",
        message: "the labels fit more than one document of the response, and these differ",
      });
    }
    expect(errorOf(() => inToolResult(texts([1], [2]), paths({}))).code).toBe("UNMATCHED_LABELS");
  });

  test("so are labels for the blocks of the result when a document in it has such a member, too", () => {
    const blocks = paths({ "/content/0": "A", "/content/1": "B" }, { itemsPath: "/content" });
    expect(secrecyOf(inToolResult(texts("one", "two"), blocks))).toEqual(["A", "B"]);
    expect(errorOf(() => inToolResult(texts({ content: [1, 2] }, "two"), blocks)).code).toBe(
      "UNMATCHED_LABELS",
    );
  });

  test("after a hundred blocks, text is text", () => {
    const many = Array.from({ length: 100 }, () => "prose");
    expect(places(texts(...many.slice(1), items), labels)).toEqual([[99, "items", true]]);
    expect(errorOf(() => inToolResult(texts(...many, items), labels)).code).toBe("UNMATCHED_LABELS");
  });
});

describe("documents that hold the same items are treated the same way (W50)", () => {
  const list = items.items;

  test.each<[name: string, result: unknown, found: unknown]>([
    [
      "equal",
      { ...texts(items), structuredContent: items },
      [
        [0, "items", true],
        ["structuredContent", "items", true],
      ],
    ],
    [
      "with keys in another order",
      { ...texts({ items: list, next: 1 }), structuredContent: { next: 1, items: list } },
      [
        [0, "items", true],
        ["structuredContent", "items", true],
      ],
    ],
    [
      "with other things around them, which nobody has told apart",
      { ...texts(items), structuredContent: { ...items, next: 1 } },
      [
        [0, "items", true],
        ["structuredContent", "items", false],
      ],
    ],
    [
      "as a whole",
      texts(items, list),
      [
        [0, "items", true],
        [1, "", false],
      ],
    ],
    [
      "in a wrapper",
      { ...texts(items), structuredContent: { result: items } },
      [
        [0, "items", true],
        ["structuredContent", "result/items", false],
      ],
    ],
    [
      "in two texts",
      texts(items, items),
      [
        [0, "items", true],
        [1, "items", true],
      ],
    ],
    ["almost", { ...texts(items), structuredContent: { list } }, [[0, "items", true]]],
  ])("%s", (_name, result, found) => {
    expect(places(result, labels)).toEqual(found);
  });

  test("an array in a text is mirrored by a wrapper of it", () => {
    expect(places({ ...texts(list), structuredContent: { result: list } }, paths({ "/0": "A" }))).toEqual([
      [0, "", true],
      ["structuredContent", "result", false],
    ]);
  });

  test("a guard may name structured content by its place in the result", () => {
    const named = paths({ "/structuredContent/items/0": "A" }, { itemsPath: "/structuredContent/items" });
    const result = { ...texts(items), structuredContent: items };
    expect(secrecyOf(inToolResult(result, named))).toEqual(["A", "R"]);
    expect(places(result, named)).toEqual([
      ["structuredContent", "items", true],
      [0, "items", true],
    ]);
  });
});

describe("what stands around items", () => {
  const secret = paths({ "/items/0": "A" }, { itemsPath: "/items", defaults: "B" });

  test("in their document has the resource's labels, everything else those of all of it together", () => {
    const layout = inToolResult(texts(items, "prose"), secret) as ItemsLayout;
    expect(layout.rest).toMatchObject({ secrecy: { tags: ["R"] }, integrity: { tags: ["r"] } });
    expect(layout.surroundings).toMatchObject({
      secrecy: { tags: ["A", "B", "R"] },
      integrity: { tags: [] },
    });
  });

  test("is not told apart where it says one of the items again, as the edges of a connection do", () => {
    const nodes = [{ n: 1 }, { n: 2 }];
    const connection = { nodes, edges: nodes.map((node) => ({ node })) };
    const byNode = paths({ "/nodes/0": "A" }, { itemsPath: "/nodes" });
    expect(places({ ...texts(connection), structuredContent: connection }, byNode)).toEqual([
      [0, "nodes", false],
      ["structuredContent", "nodes", false],
    ]);
    const { collection } = layOutOf(connection, byNode) as ItemsLayout;
    expect(collection.documents).toMatchObject([{ place: "result", isToldApart: false }]);
  });

  test("in a tool result whose blocks are the items is everything else", () => {
    const blocks = paths({ "/content/0": "A" }, { itemsPath: "/content" });
    expect(places({ ...texts("one"), structuredContent: { x: 1 } }, blocks)).toEqual([
      ["result", "content", false],
    ]);
  });
});

test.each([null, "text", 5, [1], { content: "text" }, { content: { 0: "x" } }])(
  "%j has not the shape of a tool result, and is one document",
  (result) => {
    expect(secrecyOf(inToolResult(result, paths({}, { defaults: "D" })))).toEqual(
      Array.isArray(result) ? ["D"] : "D",
    );
  },
);
