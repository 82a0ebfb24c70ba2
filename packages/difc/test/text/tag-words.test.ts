import { describe, expect, test } from "vitest";
import { quoteText } from "../../src/text/quote-text.js";
import { integrityWords, scopeWords } from "../../src/text/tag-words.js";

describe("levels (spec 3.4)", () => {
  test.each<[tags: string[], words: string]>([
    [["none:all", "unapproved:all", "approved:all", "merged:all"], '"merged"'],
    [["unapproved:o/r", "approved:o/r"], '"approved"'],
    [["approved"], '"approved"'],
    [["unapproved:x"], '"unapproved"'],
    [["none:all"], '"none:all"'],
    [[":merged"], '":merged"'],
    [["mergedness", "a"], '"mergedness", "a"'],
    [[], "none"],
  ])("%j is %s", (tags, words) => {
    expect(integrityWords(tags)).toBe(words);
  });
});

describe("scopes (spec 3.4)", () => {
  test.each<[tags: string[], words: string]>([
    [["private:o", "private:o/r", "private"], 'private ("o/r")'],
    [["private"], "private"],
    [["private:"], '"private:"'],
    [["x", "privately:o"], '"x", "privately:o"'],
    [["a", "b", "c", "d", "e", "f", "g"], '"a", "b", "c", "d", "e" and 2 more'],
  ])("%j is %s", (tags, words) => {
    expect(scopeWords(tags)).toBe(words);
  });
});

describe("foreign text is quoted", () => {
  test.each<[text: string, quoted: string]>([
    ['say "x"\\', '"say \\"x\\"\\\\"'],
    ["a\n\u001b[31mb", '"a\\n\\u001b[31mb"'],
    ["\u009b\u007f", '"\\u{9b}\\u{7f}"'],
    ["a\u2028b\u2029c", '"a\\u{2028}b\\u{2029}c"'],
    ["\u202eevil\u2066", '"\\u{202e}evil\\u{2066}"'],
    ["zero\u200bwidth\ufeff", '"zero\\u{200b}width\\u{feff}"'],
    ["\u{e0041}hidden", '"\\u{e0041}hidden"'],
    ["\ud800", '"\\ud800"'],
    ["naïve 日本 👍", '"naïve 日本 👍"'],
  ])("%j", (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  test("and cut off, also within a character of two code units", () => {
    expect(quoteText("x".repeat(101))).toBe(`"${"x".repeat(100)}…"`);
    expect(quoteText(`${"x".repeat(99)}👍👍`)).toBe(`"${"x".repeat(99)}\\ud83d…"`);
    expect(quoteText("x".repeat(100))).toBe(`"${"x".repeat(100)}"`);
  });
});
