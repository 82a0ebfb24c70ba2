import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayIndex, formatPointer, parsePointer, resolvePointer } from "../../src/json/json-pointer.js";
import { forAll } from "../support/arbitraries.js";

// The document and the results of RFC 6901, section 5.
const document = JSON.parse(
  '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}',
);

describe("the examples of RFC 6901", () => {
  test.each<[pointer: string, value: unknown]>([
    ["", document],
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
  ])("%j", (pointer, value) => {
    expect(resolvePointer(document, parsePointer(pointer) ?? ["missing"])).toEqual(value);
  });
});

describe("what the reference reads leniently (W60)", () => {
  test.each(["a", "foo/0", " /foo", "/~", "/~2", "/a~", "#/foo"])("%j is no pointer", (text) => {
    expect(parsePointer(text)).toBeUndefined();
  });

  test.each<[text: string, tokens: string[]]>([
    ["/~01", ["~1"]],
    ["/~1~0", ["/~"]],
    ["//", ["", ""]],
    ["/a//b/", ["a", "", "b", ""]],
  ])("%j is %j", (text, tokens) => {
    expect(parsePointer(text)).toEqual(tokens);
  });

  test.each(["+0", "-0", "-1", "01", "00", "1.0", "1e0", " 1", "", "-", "0x1", "2", "9007199254740993", "١"])(
    "%j is no index of two elements",
    (token) => {
      expect(arrayIndex(token, 2)).toBeUndefined();
    },
  );

  test("0 and 1 are", () => {
    expect([arrayIndex("0", 2), arrayIndex("1", 2)]).toEqual([0, 1]);
  });
});

test.each([
  "/foo/length",
  "/__proto__",
  "/constructor",
  "/toString",
  "/foo/0/0",
  "/foo/0/length",
  "/missing",
  "/foo/-",
])("%s leads nowhere: only own members and elements are there", (pointer) => {
  expect(resolvePointer(document, parsePointer(pointer) ?? [])).toBeUndefined();
});

test("own members called __proto__ are members like any other", () => {
  const hostile = JSON.parse('{"__proto__": {"items": [1]}}');
  expect(resolvePointer(hostile, ["__proto__", "items", "0"])).toBe(1);
});

test("formatting is the inverse of parsing", () => {
  forAll(
    fc.property(fc.array(fc.string({ unit: "binary" })), (tokens) => {
      const parsed = parsePointer(formatPointer(tokens));
      return parsed?.length === tokens.length && parsed.every((token, i) => token === tokens[i]);
    }),
  );
});
