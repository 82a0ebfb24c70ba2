import { describe, expect, test } from "vitest";
import { quoteText } from "../../src/text/quote-text.js";

describe("what could be taken for something else, or not be seen, is escaped", () => {
  test.each<[name: string, text: string, quoted: string]>([
    ["lines", "a\n\u2028b", '"a\\n\\u{2028}b"'],
    ["terminals' commands", "\u001b[2J\u009b", '"\\u001b[2J\\u{9b}"'],
    ["turned text", "\u202eb", '"\\u{202e}b"'],
    ["tag characters", "a\u{e0041}", '"a\\u{e0041}"'],
    ["variation selectors", "a\ufe01\u{e0101}", '"a\\u{fe01}\\u{e0101}"'],
    ["fillers", "\u3164\u115f", '"\\u{3164}\\u{115f}"'],
    ["private and unassigned characters", "\ue000\u{10ffff}", '"\\u{e000}\\u{10ffff}"'],
    ["halves of characters", "\ud83d", '"\\ud83d"'],
    ["quotes", 'a" b', '"a\\" b"'],
  ])("%s", (_name, text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });
});

test("other text is quoted as it is, up to a hundred characters", () => {
  expect(quoteText("Zoë, 日本 🙂")).toBe('"Zoë, 日本 🙂"');
  expect(quoteText("x".repeat(100))).toBe(`"${"x".repeat(100)}"`);
  expect(quoteText("x".repeat(101))).toBe(`"${"x".repeat(100)}…"`);
});
