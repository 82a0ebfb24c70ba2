import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MAX_JSON_DEPTH,
  MAX_JSON_VALUES,
  parseUntrustedJson,
  UntrustedJsonError,
} from "../../src/json/parse-untrusted-json.js";
import { anyText } from "../support/any-text.js";

const TOO_DEEP = `nests more than ${MAX_JSON_DEPTH} levels deep`;

/** Depth by the letter of RFC 8259: brackets count outside of strings, a backslash escapes what follows it. */
function naiveDepth(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    if (inString) {
      if (json[i] === "\\") i++;
      else if (json[i] === '"') inString = false;
    } else if (json[i] === '"') {
      inString = true;
    } else if (json[i] === "[" || json[i] === "{") {
      deepest = Math.max(deepest, ++depth);
    } else if (json[i] === "]" || json[i] === "}") {
      depth--;
    }
  }
  return deepest;
}

/** What should become of `text`: the value, or the message of the error. */
function oracle(text: string): unknown {
  if (naiveDepth(text) > MAX_JSON_DEPTH) return TOO_DEEP;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return "is not JSON";
  }
}

function outcome(text: string): unknown {
  try {
    return { value: parseUntrustedJson(text) };
  } catch (error) {
    expect(error).toBeInstanceOf(UntrustedJsonError);
    // The place is the runtime's to tell, and some do not.
    return (error as Error).message.replace(/^(is not JSON)(: it has .*| after \d+ characters)$/, "$1");
  }
}

const nested = (open: string, close: string, depth: number, core = "") =>
  open.repeat(depth) + core + close.repeat(depth);

describe("nesting", () => {
  test.each([
    ["arrays", "[", "]", ""],
    ["objects", '{"":', "}", "0"],
    ["strings of brackets between", '["[[[[\\"{{{",', "]", "0"],
    ["backslashes before the closing quote", '["\\\\",', "]", "0"],
  ])("of %s is accepted up to the limit, and not beyond", (_name, open, close, core) => {
    const deepest = nested(open, close, MAX_JSON_DEPTH, core);
    expect(parseUntrustedJson(deepest)).toEqual(JSON.parse(deepest));
    expect(outcome(nested(open, close, MAX_JSON_DEPTH + 1, core))).toBe(TOO_DEEP);
  });

  test("is counted in depth, not in number", () => {
    const wide = `[${"[],".repeat(10_000)}[]]`;
    expect(parseUntrustedJson(wide)).toHaveLength(10_001);
  });

  test("is found in 16 MiB of opening brackets, before they are parsed", () => {
    expect(outcome("[".repeat(16_777_216))).toBe(TOO_DEEP);
  });

  test("is not found in long strings, whatever they are made of", () => {
    for (const piece of ["[", '\\"', "\\\\", "{"]) {
      const text = `"${piece.repeat(1_000_000)}"`;
      expect(parseUntrustedJson(text)).toBe(JSON.parse(text));
    }
  });

  test("cannot be hidden behind closing brackets that nothing opened", () => {
    const text = `${"]".repeat(1_000)}${"[".repeat(1_000)}`;
    expect(outcome(text)).toBe("is not JSON");
  });

  test("is judged as a plain scan judges it, for valid and for broken JSON", () => {
    // Pieces that make strings, escapes and brackets meet; around them enough brackets to reach the limit.
    const piece = fc.constantFrom(
      '"',
      "\\",
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      "a",
      "1",
      "\\u005b",
      '""',
      " ",
      "[".repeat(126),
    );
    const soup = fc.array(piece, { maxLength: 40, size: "max" }).map((pieces) => pieces.join(""));
    const deep = fc
      .tuple(soup, fc.integer({ min: 120, max: 135 }))
      .map(([inner, depth]) => nested("[", "]", depth, inner));
    const json = fc.json({ maxDepth: 8 });
    const around = fc
      .tuple(json, fc.integer({ min: 120, max: 135 }))
      .map(([inner, depth]) => nested('{"a":', "}", depth, inner));
    fc.assert(
      fc.property(fc.oneof(soup, deep, json, around), (text) => {
        const expected = oracle(text);
        const actual = outcome(text);
        // Where the text is broken as well as deep, either reason will do.
        if (expected === TOO_DEEP && actual === "is not JSON") expect(() => JSON.parse(text)).toThrow();
        else expect(actual).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is judged so for any text at all", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(outcome(text)).toEqual(oracle(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("members and elements", () => {
  const tooMany = `has more than ${MAX_JSON_VALUES} members and elements`;
  const rows = (row: string, count: number) => `[${Array<string>(count).fill(row).join()}]`;

  test.each([
    ["arrays", "[1,2,3]", 4],
    ["objects", '{"a":1,"b":2,"c":3}', 4],
    ["empty objects", "{}", 2],
    ["empty arrays", "[]", 2],
    ["strings of commas and brackets", '["1,2,[3,{","\\\\",",",""]', 5],
  ])("of %s are accepted up to the limit, and not beyond", (_name, row, valuesOfRow) => {
    const count = Math.floor(MAX_JSON_VALUES / valuesOfRow);
    const withMore = (more: number) => `${rows(row, count).slice(0, -1)}${",1".repeat(more)}]`;
    const room = MAX_JSON_VALUES - count * valuesOfRow;
    expect(parseUntrustedJson(withMore(room))).toHaveLength(count + room);
    expect(outcome(withMore(room + 1))).toBe(tooMany);
  });

  test("of text that ends within a string count as well: JSON.parse would make them first", () => {
    expect(outcome(`${rows("{}", MAX_JSON_VALUES).slice(0, -1)},"`)).toBe(tooMany);
  });
});

describe("what is parsed", () => {
  test("keeps prototype-like keys as data", () => {
    const value = parseUntrustedJson('{"__proto__":{"polluted":1},"constructor":2}') as Record<
      string,
      unknown
    >;
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in value).toBe(false);
  });

  test.each(["", " ", "{", '"', '"\\', "[1,]", "\ufeff1", "NaN", "undefined", '{"a":1}x', "01"])(
    "is refused when it is %j",
    (text) => {
      expect(outcome(text)).toBe("is not JSON");
    },
  );

  test.each([
    ['{"a":1}\0\0', "is not JSON after 7 characters"],
    ['{"é" 1}', "is not JSON after 5 characters"],
    ["\ufeff{}", "is not JSON: it has a byte order mark"],
    // V8 quotes this text, and says no place.
    ["x at position 7", "is not JSON"],
  ])("is refused with its place where the runtime tells: %j", (text, message) => {
    expect(() => parseUntrustedJson(text)).toThrow(new UntrustedJsonError(message));
  });

  test("is not quoted in errors, nor kept as their cause", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{8,40}$/), (secret) => {
        try {
          parseUntrustedJson(`{"token":"${secret}" ${secret}`);
          expect.unreachable();
        } catch (error) {
          expect((error as Error).message).toMatch(/^is not JSON( after \d+ characters)?$/);
          expect((error as Error).cause).toBeUndefined();
        }
      }),
    );
  });
});
