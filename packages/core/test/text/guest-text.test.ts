import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeGuestText, quoteGuestText } from "../../src/text/guest-text.js";
import { anyText } from "../support/any-text.js";

const hostile: [what: string, text: string, escaped: string][] = [
  ["a line break", "a\nb", "a\\u000ab"],
  ["a carriage return", "a\rb", "a\\u000db"],
  ["a terminal's command", "\u001b[2J", "\\u001b[2J"],
  ["the same as one C1 character", "\u009b2J", "\\u009b2J"],
  ["DEL", "\u007f", "\\u007f"],
  ["NUL", "\u0000", "\\u0000"],
  ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
  ["changes of direction", "\u202e\u2066\u2069", "\\u202e\\u2066\\u2069"],
  ["a backslash", "\\u000a", "\\\\u000a"],
];
const harmless = ["", "plain", "é€😀", "a'b"];

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe("escapeGuestText", () => {
  test.each(hostile)("escapes %s", (_what, text, escaped) => {
    expect(escapeGuestText(text)).toBe(escaped);
  });

  test.each(harmless)("leaves %j as it is", (text) => {
    expect(escapeGuestText(text)).toBe(text);
  });

  test("lets nothing unsafe through, and no two texts look the same afterwards", () => {
    const text = fc.string({ unit: fc.constantFrom("\\", "u", "0", "a", "\n", "\u009b", "\u202e", "é") });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(escapeGuestText(one)).not.toMatch(UNSAFE);
        expect(escapeGuestText(one) === escapeGuestText(other)).toBe(one === other);
      }),
      { numRuns: 500 },
    );
  });
});

describe("quoteGuestText", () => {
  test("is JSON for the text it quotes, with nothing unsafe in it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const quoted = quoteGuestText(text, 1_000);
        expect(quoted).not.toMatch(UNSAFE);
        expect(JSON.parse(quoted)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["abc", 3, '"abc"'],
    ["abcd", 3, '"abc…"'],
    ["", 0, '""'],
    // Half of a pair is left; JSON escapes it.
    ["a😀", 2, '"a\\ud83d…"'],
  ])("cuts %j after %d characters", (text, maxLength, quoted) => {
    expect(quoteGuestText(text, maxLength)).toBe(quoted);
  });
});
