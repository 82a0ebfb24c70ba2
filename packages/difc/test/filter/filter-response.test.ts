import { describe, expect, test } from "vitest";
import { filterResponse } from "../../src/filter/filter-response.js";
import type { ResponseAccess } from "../../src/filter/judge.js";
import type { Labels } from "../../src/labels/labels.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { labelsOf } from "../support/arbitraries.js";
import { paths, texts } from "../support/lay-out.js";

const open = labelsOf([], []);
const access = (resource: Labels = open, more: Partial<ResponseAccess> = {}): ResponseAccess => ({
  agent: open,
  resource,
  operation: "read",
  mode: "filter",
  writeResult: "checked",
  ...more,
});
const secret = labelsOf(["s"], []);

const items = { items: ["open", "secret"] };
/** The second item is secret. */
const labels = paths({ "/items/0": "", "/items/1": "s" }, { itemsPath: "/items" });
const image = { type: "image", data: "AAAA", mimeType: "image/png" };
const link = { type: "resource_link", uri: "file:///secret", name: "secret" };
const text = (value: unknown, more: object = {}) => ({ type: "text", text: JSON.stringify(value), ...more });

describe("when an item is removed, so is what nobody has told from it", () => {
  test.each<[name: string, result: unknown, delivered: unknown]>([
    ["other blocks", { content: [image, text(items), link] }, { content: [text({ items: ["open"] })] }],
    [
      "what else is in its block",
      { content: [text(items, { _meta: { k: "secret" }, annotations: { audience: ["user"] } })] },
      { content: [text({ items: ["open"] })] },
    ],
    [
      "other members of the result",
      {
        ...texts(items),
        _meta: { k: "secret" },
        structuredContent: { summary: "secret" },
        resultType: "secret",
      },
      texts({ items: ["open"] }),
    ],
    [
      "but not what says how the result is to be read",
      { resultType: "complete", ...texts(items), isError: true },
      { resultType: "complete", ...texts({ items: ["open"] }), isError: true },
    ],
    [
      "nor what is around it in its own document, which the resource's labels are about",
      texts({ incomplete_results: false, total_count: 2, ...items, next: "cursor" }),
      texts({ incomplete_results: false, total_count: 1, items: ["open"], next: "cursor" }),
    ],
    [
      "in structured content, however it is wrapped",
      { ...texts(items), structuredContent: { result: items } },
      { ...texts({ items: ["open"] }), structuredContent: { result: { items: ["open"] } } },
    ],
  ])("%s", (_name, result, delivered) => {
    const filtered = filterResponse(access(), result, labels);
    expect(filtered.isDelivered).toBe(true);
    expect(JSON.stringify(filtered.result)).toBe(JSON.stringify(delivered));
  });

  test("unless it may be read as well", () => {
    const result = { content: [image, text(items), link], structuredContent: items, _meta: { k: 1 } };
    const filtered = filterResponse({ ...access(), agent: labelsOf(["s"], []) }, result, labels);
    expect(filtered).toEqual({
      isDelivered: true,
      result,
      labels: labelsOf(["s"], []),
      total: 2,
      withheld: [],
    });
  });
});

describe("when the resource may not be read, items may be", () => {
  const open = paths({ "/items/0": "", "/items/1": "" }, { itemsPath: "/items" });

  test.each<[document: unknown, delivered: unknown]>([
    [items, items],
    [
      { total_count: 2, ...items },
      { total_count: 2, ...items },
    ],
    [
      { total_count: 900, note: "secret", ...items },
      { total_count: 2, ...items },
    ],
  ])("of %j: %j", (document, delivered) => {
    expect(filterResponse(access(secret), texts(document), open).result).toEqual(texts(delivered));
  });

  test.each<[name: string, document: unknown, isDelivered: boolean]>([
    ["nothing but items", items, true],
    ["a correct count", { ...items, count: 2 }, true],
    ["a count of something else", { ...items, count: 900 }, false],
    ["anything else", { ...items, next: null }, false],
  ])("strict delivers a document with %s: %s", (_name, document, isDelivered) => {
    const filtered = filterResponse(access(secret, { mode: "strict" }), texts(document), open);
    expect(filtered.isDelivered).toBe(isDelivered);
  });

  test.each<[name: string, result: unknown, isDelivered: boolean]>([
    ["only blocks that are labelled", { content: [text(items)] }, true],
    ["flags", { content: [text(items)], isError: false, resultType: "complete" }, true],
    ["another block", { content: [text(items), image] }, false],
    ["other members", { content: [text(items)], _meta: {} }, false],
    ["annotations", { content: [text(items, { annotations: {} })] }, false],
    ["structured content of its own", { content: [text(items)], structuredContent: {} }, false],
  ])("strict delivers a result with %s: %s", (_name, result, isDelivered) => {
    const filtered = filterResponse(access(secret, { mode: "strict" }), result, open);
    expect(filtered.isDelivered).toBe(isDelivered);
  });
});

describe("blocks as items", () => {
  const byBlock: ResponseLabels = paths({ "/content/0": "", "/content/1": "s" }, { itemsPath: "/content" });

  test("are kept or removed like other items, and the flags of the result with them", () => {
    const result = { content: [text("open"), image], isError: false, structuredContent: { image } };
    expect(filterResponse(access(), result, byBlock).result).toEqual({
      content: [text("open")],
      isError: false,
    });
  });
});

describe("labels by position", () => {
  const byPosition: ResponseLabels = {
    kind: "items",
    items: [{}, { labels: { secrecy: ["s"], integrity: [] } }],
  };

  test.each<[document: unknown, delivered: unknown]>([
    [["open", "secret"], ["open"]],
    [
      { count: 2, list: ["open", "secret"] },
      { count: 1, list: ["open"] },
    ],
    // They do not say what is around the items, so it goes with those that go.
    [{ isError: true, note: "x", list: ["open", "secret"] }, { list: ["open"] }],
  ])("%j: %j", (document, delivered) => {
    expect(filterResponse(access(), document, byPosition, { format: "document" }).result).toEqual(delivered);
    expect(filterResponse(access(), texts(document), byPosition).result).toEqual(texts(delivered));
  });
});

describe("a response that is one thing", () => {
  test("is passed on untouched when nothing of it is labelled, whatever it is", () => {
    class Odd {
      self = this;
    }
    const odd = new Odd();
    expect(filterResponse(access(), odd, { kind: "unlabeled" }).result).toBe(odd);
  });

  test("or withheld", () => {
    expect(filterResponse(access(secret), texts("x"), { kind: "unlabeled" })).toMatchObject({
      isDelivered: false,
      result: undefined,
      total: 1,
      withheld: [{ what: "response", reasons: ["read-secrecy"], isSecret: true, labels: secret }],
    });
  });
});

test("counts have the names that they are given", () => {
  const result = texts({ anzahl: 2, total: 2, ...items });
  const filtered = filterResponse(access(), result, labels, { countKeys: ["anzahl"] });
  expect(filtered.result).toEqual(texts({ anzahl: 1, total: 2, items: ["open"] }));
});

test("what is delivered shares nothing with the backend's result that could still change", () => {
  const result = { structuredContent: { items: [{ n: 1 }] } };
  const filtered = filterResponse(access(), result, paths({ "/items/0": "" }, { itemsPath: "/items" }));
  result.structuredContent.items[0] = { n: 2 };
  expect(filtered.result).toEqual({ structuredContent: { items: [{ n: 1 }] } });
});
