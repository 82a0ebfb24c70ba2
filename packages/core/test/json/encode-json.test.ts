import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeJson } from "../../src/json/encode-json.js";
import { anyText } from "../support/any-text.js";

const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** The value that a strict reader of `bytes` gets. */
function reread(value: unknown): unknown {
  const text = decode(encodeJson(value));
  const strings: string[] = [];
  const parsed = JSON.parse(text, (key, member) => {
    strings.push(key);
    if (typeof member === "string") strings.push(member);
    return member;
  });
  for (const string of strings) expect(string.isWellFormed()).toBe(true);
  return parsed;
}

describe("encodeJson", () => {
  test.each<[value: unknown, json: string]>([
    [null, "null"],
    [{ a: [1, "é", true] }, '{"a":[1,"é",true]}'],
    ["<>&\u2028", '"<>&\u2028"'],
    ["😀", '"😀"'],
    [{ a: undefined, b: () => 1 }, "{}"],
    [[undefined], "[null]"],
    [Number.NaN, "null"],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])("encodes %j as UTF-8", (value, json) => {
    expect(decode(encodeJson(value))).toBe(json);
  });

  test.each<[what: string, value: unknown, expected: unknown]>([
    ["a high one", "a\ud800b", "a\ufffdb"],
    ["a low one", "\udfff", "\ufffd"],
    ["a pair the wrong way round", "\udc00\ud800", "\ufffd\ufffd"],
    ["one after a pair", "😀\ud83d", "😀\ufffd"],
    ["one in a key", { "k\ud800": 1 }, { "k\ufffd": 1 }],
    ["one in a nested key", [{ a: [{ "\udc00": "\udc00" }] }], [{ a: [{ "\ufffd": "\ufffd" }] }]],
    ["one after a backslash", "\\\ud800", "\\\ufffd"],
    ["one after two backslashes", "\\\\\ud800", "\\\\\ufffd"],
    ["text that only looks like its escape", "\\ud800", "\\ud800"],
    ["letters of its escape without the backslash", "ud800 cloud\n\\", "ud800 cloud\n\\"],
    ["the same before one", "cloud\ud800", "cloud\ufffd"],
    ["the same after another backslash", "\\\\ud800", "\\\\ud800"],
    ["both", ["\\ud800", "\ud800"], ["\\ud800", "\ufffd"]],
    ["text that looks like one in a key", { "\\ud800": 1 }, { "\\ud800": 1 }],
    ["one behind __proto__", JSON.parse('{"__proto__":"\ud800"}'), JSON.parse('{"__proto__":"\ufffd"}')],
  ])("replaces unpaired surrogates: %s", (_what, value, expected) => {
    expect(reread(value)).toEqual(expected);
  });

  test("writes text that every strict reader accepts, and that says the same, for any value", () => {
    const text = fc.oneof(
      anyText,
      fc
        .array(fc.constantFrom("\\", "u", "d", "8", "0", "\ud800", "\udc00", '"', "\\ud800"))
        .map((parts) => parts.join("")),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, text, fc.double(), fc.boolean(), tie("array"), tie("object")),
      array: fc.array(tie("value"), { maxLength: 4 }),
      object: fc
        .array(fc.tuple(text, tie("value")), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
    }));
    const plain = (member: unknown): unknown => {
      if (typeof member === "string") return member.toWellFormed();
      if (Array.isArray(member)) return member.map(plain);
      if (typeof member !== "object" || member === null) return JSON.parse(JSON.stringify(member));
      return Object.fromEntries(
        Object.entries(member).map(([key, inner]) => [key.toWellFormed(), plain(inner)]),
      );
    };
    fc.assert(
      fc.property(value, (input) => {
        expect(reread(input)).toEqual(plain(input));
      }),
      { numRuns: 1_000 },
    );
  });

  test("leaves its input alone", () => {
    const value = Object.freeze({ a: Object.freeze(["\ud800"]) });
    encodeJson(value);
    expect(value).toEqual({ a: ["\ud800"] });
  });

  test("encodes huge strings, broken ones too", () => {
    const long = "é".repeat(4_000_000);
    expect(encodeJson(long)).toHaveLength(8_000_002);
    // The replacement character has three bytes.
    expect(encodeJson(`${long}\ud800`)).toHaveLength(8_000_005);
  });

  test.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a BigInt", { a: 1n }],
    [
      "a cycle",
      (() => {
        const cycle: { self?: unknown } = {};
        cycle.self = cycle;
        return cycle;
      })(),
    ],
  ])("throws a TypeError for %s", (_name, value) => {
    expect(() => encodeJson(value)).toThrow(TypeError);
  });

  test.each(["", "\ud800"])("throws a RangeError for what nests too deeply, around %j", (core) => {
    let value: unknown = core;
    for (let depth = 0; depth < 1_000_000; depth++) value = [value];
    expect(() => encodeJson(value)).toThrow(RangeError);
  });
});
