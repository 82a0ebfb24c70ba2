import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_JSON_DEPTH } from "../../src/json/json.js";
import { parseDocument } from "../../src/json/parse-document.js";
import { forAll } from "../support/arbitraries.js";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("a document", () => {
  test("is any array or object of JSON", () => {
    forAll(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2, "\t"), (value, space) => {
        const text = ` \n${JSON.stringify(value, null, space)}\t`;
        const isContainer = typeof value === "object" && value !== null;
        return JSON.stringify(parseDocument(text)) === (isContainer ? JSON.stringify(value) : undefined);
      }),
    );
  });

  test.each(["", "null", "1", '"[]"', "text", "[1,", "[1]]", "{a:1}", "\ufeff[]", "[1] [2]", "'[]'"])(
    "is not %j",
    (text) => {
      expect(parseDocument(text)).toBeUndefined();
    },
  );

  test("nests at most so deeply, brackets in strings apart", () => {
    expect(parseDocument(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(parseDocument(nested(MAX_JSON_DEPTH + 1))).toBeUndefined();
    expect(parseDocument(`["${nested(1000)}", "\\"${"[".repeat(1000)}"]`)).toBeDefined();
  });

  test("that would block the parser for seconds is not parsed", () => {
    expect(parseDocument("[".repeat(20_000_000))).toBeUndefined();
    expect(parseDocument(nested(5_000_000))).toBeUndefined();
    expect(parseDocument(`["${"\\".repeat(5_000_000)}`)).toBeUndefined();
  });
});

describe("a key twice in one object says different things to different readers", () => {
  test.each([
    '{"items":["secret"],"items":[]}',
    '[{"a":1,"b":{"c":1,"\\u0063":2}}]',
    '{"__proto__":1,"__proto__":2}',
    '{"a":":","a":1}',
  ])("%s is no document", (text) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(parseDocument(text)).toBeUndefined();
  });

  test.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a:b::","b":":"}',
    '{"__proto__":1,"constructor":2}',
  ])("%s is one", (text) => {
    expect(JSON.stringify(parseDocument(text))).toBe(text);
  });
});

test("the prototype stays what it is", () => {
  const value = parseDocument('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
  expect(Object.hasOwn(value, "__proto__")).toBe(true);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
