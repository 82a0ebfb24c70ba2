import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filesystemGuard, INPUT, policy, secret } from "./filesystem-guard.js";

const guard = filesystemGuard(policy([secret("/data/hr", "hr")]));
const call = JSON.stringify({ capabilities: {}, tool_args: { path: "/data/hr/x" }, tool_name: "read_file" });

/** The input, with something else in the place of `capabilities`. */
const holding = (value: string) =>
  `{"tool_name":"read_file","tool_args":{"path":"/data/hr"},"capabilities":${value}}`;

const code = (input: string | Uint8Array) => guard.run("label_resource", input).code;

describe("an input that is refused", () => {
  it.each<[string, string, string]>([
    ["empty", "", "an object is expected"],
    ["null", "null", "an object is expected"],
    ["a list", "[]", "an object is expected"],
    ["without a tool", "{}", "tool_name is missing"],
    ["with a tool that is no text", '{"tool_name":1}', "a string is expected"],
    ["followed by more", `${call} {}`, "text after the end of the document"],
    ["with a byte order mark", `\ufeff${call}`, "an object is expected"],
    ["with two tools", '{"tool_name":"a","tool_name":"a"}', "tool_name is given twice"],
    ["with two tools, one escaped", '{"tool_name":"a","tool\\u005fname":"b"}', "tool_name is given twice"],
    [
      "with two sets of arguments",
      '{"tool_args":{},"tool_args":{},"tool_name":"a"}',
      "tool_args is given twice",
    ],
    ["with two results", '{"tool_result":{},"tool_result":{},"tool_name":"a"}', "tool_result is given twice"],
    ["with a trailing comma", holding("[1,]"), "a value is expected"],
    ["with a missing comma", holding("[1 2]"), "a comma or a closing bracket is expected"],
    ["with a missing colon", holding('{"a" 1}'), "a colon is expected"],
    ["with a bare key", holding("{a:1}"), "a string is expected"],
    ["with single quotes", holding("'a'"), "a value is expected"],
    ["with a comment", holding("/**/1"), "a value is expected"],
    ["with NaN", holding("NaN"), "a value is expected"],
    ["with a leading zero", holding("01"), "a comma or a closing bracket is expected"],
    ["with a number that ends in a dot", holding("1."), "a number is not valid"],
    ["with an empty exponent", holding("1e"), "a number is not valid"],
    ["with a word cut short", holding("tru"), "a value is expected"],
    ["with an unknown escape", holding('"\\x41"'), "an escape sequence is not valid"],
    ["with a short escape", holding('"\\u12"'), "an escape sequence is not valid"],
    ["with a raw line break in a text", holding('"a\nb"'), "a string holds a control character"],
    ["with another bracket", holding("[}"), "a value is expected"],
  ])("is %s", (_, input, reason) => {
    expect(code(input)).toBe(INPUT);
    expect(guard.logs.at(-1)).toContain(`3 input refused: ${reason}`);
  });

  it("is cut anywhere", () => {
    const bytes = new TextEncoder().encode(call);
    for (let end = 0; end < bytes.length; end++) expect(code(bytes.subarray(0, end))).toBe(INPUT);
  });

  it.each<[string, number[]]>([
    ["a continuation without a beginning", [0x80]],
    ["a beginning without a continuation", [0xc3, 0x22]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong slash of three bytes", [0xe0, 0x80, 0xaf]],
    ["an overlong slash of four bytes", [0xf0, 0x80, 0x80, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a character above the last one", [0xf4, 0x90, 0x80, 0x80]],
    ["a byte that is never used", [0xff]],
    ["a sequence cut short", [0xf0, 0x9f, 0x98]],
  ])("holds %s", (_, bytes) => {
    const [before, after] = holding('"#"')
      .split("#")
      .map((part) => [...new TextEncoder().encode(part)]);
    expect(code(new Uint8Array([...(before ?? []), ...bytes, ...(after ?? [])]))).toBe(INPUT);
    expect(guard.logs.at(-1)).toContain("a string is not valid UTF-8");
  });

  it("nests more than 128 deep, however deep", () => {
    const nested = (depth: number) => holding("[".repeat(depth) + "]".repeat(depth));
    const objects = (depth: number) => holding('{"a":'.repeat(depth) + 1 + "}".repeat(depth));
    for (const make of [nested, objects]) {
      expect(code(make(127))).toBeGreaterThan(0);
      for (const depth of [128, 100_000]) {
        expect(code(make(depth))).toBe(INPUT);
        expect(guard.logs.at(-1)).toContain("the nesting is deeper than 128");
      }
    }
    expect(code("[".repeat(8_000_000))).toBe(INPUT);
  });
});

it("takes any white space, order and further members", () => {
  const spaced =
    '\t{ "x" : [ ] ,\r\n"tool_args" : { "path" : "/data/hr" } , "tool_name"\n: "read_file" , "y":{} }\n ';
  expect(guard.answer("label_resource", spaced).resource.secrecy).toEqual(["hr"]);
});

it("takes an input of 8 MiB", () => {
  const filler = JSON.stringify("\\\u20ac\n".repeat(1_000_000));
  expect(code(holding(filler))).toBeGreaterThan(0);
});

describe("agreement with JSON.parse", () => {
  const accepts = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it("about documents", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: "binary" }), (text) => {
        expect(code(holding(text))).toBeGreaterThan(0);
      }),
    );
  });

  it("about documents with one change", () => {
    const change = fc.record({
      text: fc.json({ maxDepth: 4 }),
      at: fc.nat(),
      remove: fc.nat(2),
      insert: fc.constantFrom(
        "",
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "0",
        "-",
        ".",
        "e",
        "u",
        " ",
        "\n",
        "true",
        "null",
      ),
    });
    fc.assert(
      fc.property(change, ({ text, at, remove, insert }) => {
        const place = at % (text.length + 1);
        const changed = holding(text.slice(0, place) + insert + text.slice(place + remove));
        expect(code(changed) > 0).toBe(accepts(changed));
      }),
      { numRuns: 3000 },
    );
  });

  it("about what a text says", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1, maxLength: 100 }),
        fc.boolean(),
        (tag, escaped) => {
          fc.pre(!/^\s|\s$|^\*$|^filesystem:|\p{Cc}/u.test(tag));
          fc.pre(new TextEncoder().encode(tag).length <= 256);
          const units = Array.from(
            { length: tag.length },
            (_, i) => `\\u${tag.charCodeAt(i).toString(16).padStart(4, "0")}`,
          );
          const text = escaped ? `"${units.join("")}"` : JSON.stringify(tag);
          const document = JSON.stringify(policy([secret("/x", "#")])).replace('"#"', () => text);
          expect(guard.answer("label_agent", document).normalized_policy.filesystem.paths[0].secrecy).toEqual(
            [tag],
          );
        },
      ),
    );
  });
});
