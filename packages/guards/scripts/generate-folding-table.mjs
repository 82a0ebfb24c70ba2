// Writes src/filesystem/assembly/folding-table.ts: for each character, which others some file system takes for it.
// Run by hand with a Node whose Unicode version is newer than the one in the table's comment; the result is committed.

import { writeFileSync } from "node:fs";

const OUTPUT = new URL("../src/filesystem/assembly/folding-table.ts", import.meta.url);

/** Kinds of ranges. The guard's folding.ts has the same numbers. */
const GONE = 0;
const CONSTANT = 1;
const EVERY = 2;
const EVERY_SECOND = 3;
const EXPANSION = 4;
const UNKNOWN = 5;

/** Longest expansion: U+FB03, a ligature, becomes ffi. */
const PARTS = 3;

/** Marks go away too: where they stand and in which order differs between normal forms. */
const INVISIBLE = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** @param {number} code */
function isHangulSyllable(code) {
  return code >= 0xac00 && code <= 0xd7a3;
}

/**
 * Ideographs that are variants of others: a thousand rare characters that are not worth a range each.
 * @param {number} code
 */
function isCompatibilityIdeograph(code) {
  return (code >= 0xf900 && code <= 0xfaff) || (code >= 0x2f800 && code <= 0x2fa1f);
}

/**
 * What is left of a character without case, composition and invisible parts.
 * @param {string} character
 */
function fold(character) {
  const lower = character.normalize("NFD").toLowerCase();
  // Up and down once more: a capital sharp s has a small one, and only that one becomes two letters.
  return lower.toUpperCase().normalize("NFD").toLowerCase().normalize("NFD").replace(INVISIBLE, "");
}

/** @typedef {{ kind: number, start: number, end: number, value: number }} Range */

/** @type {number[][]} */
const expansions = [];

/**
 * A character as a range of its own; null if it folds to itself.
 * @param {number} code
 * @returns {Range | null}
 */
function rangeOf(code) {
  if (isCompatibilityIdeograph(code)) return { kind: UNKNOWN, start: code, end: code, value: 0 };
  const character = String.fromCodePoint(code);
  const folded = fold(character);
  if (folded === character) return null;
  const target = [...folded].map((part) => part.codePointAt(0) ?? 0);
  if (target.length === 0) return { kind: GONE, start: code, end: code, value: 0 };
  if (target.length === 1) return { kind: EVERY, start: code, end: code, value: target[0] ?? 0 };
  if (target.length > PARTS) throw new Error(`U+${code.toString(16)} becomes more than ${PARTS} characters`);
  const index = expansions.push(target) - 1;
  return { kind: EXPANSION, start: code, end: code, value: index };
}

/**
 * Widens a range by the one that follows, if one rule covers both.
 * @param {Range} range
 * @param {Range} next
 */
function widen(range, next) {
  const gap = next.start - range.end;
  const count = next.start - range.start;
  if (count >= 4096 || gap > 2) return false;
  const single = range.start === range.end;
  let kind = -1;
  if (next.kind === GONE || next.kind === UNKNOWN) {
    if (gap === 1 && range.kind === next.kind) kind = next.kind;
  } else if (
    next.kind === EVERY &&
    (range.kind === CONSTANT || range.kind === EVERY || range.kind === EVERY_SECOND)
  ) {
    const step = gap === 1 ? EVERY : EVERY_SECOND;
    if (gap === 1 && next.value === range.value && (single || range.kind === CONSTANT)) kind = CONSTANT;
    else if (next.value === range.value + count && (single || range.kind === step)) kind = step;
  }
  if (kind < 0) return false;
  range.kind = kind;
  range.end = next.end;
  return true;
}

/** @returns {Range[]} */
function ranges() {
  /** @type {Range[]} */
  const all = [];
  for (let code = 0x80; code < 0x110000; code++) {
    if ((code >= 0xd800 && code < 0xe000) || isHangulSyllable(code)) continue;
    const range = rangeOf(code);
    const last = all.at(-1);
    if (range !== null && (last === undefined || !widen(last, range))) all.push(range);
  }
  return all;
}

/** @param {Range} range */
function pack({ kind, start, end, value }) {
  return `0x${((BigInt(start) << 36n) | (BigInt(end - start) << 24n) | (BigInt(kind) << 21n) | BigInt(value)).toString(16)}`;
}

/**
 * @param {string[]} numbers
 * @param {number} perLine
 */
function layOut(numbers, perLine) {
  const lines = [];
  for (let i = 0; i < numbers.length; i += perLine)
    lines.push(`  ${numbers.slice(i, i + perLine).join(", ")},`);
  return lines.join("\n");
}

const packed = ranges().map(pack);
const parts = expansions.flatMap((target) =>
  Array.from({ length: PARTS }, (_, i) => `0x${(target[i] ?? 0).toString(16)}`),
);

writeFileSync(
  OUTPUT,
  `/** Made by scripts/generate-folding-table.mjs from Unicode ${process.versions.unicode}. Do not edit. */

/** How many ranges there are. */
export const RANGES: i32 = ${packed.length};

/** Ranges in ascending order: 28 bits of first character, 12 of length less one, 3 of kind, 21 of value. */
export const ranges: usize = memory.data<u64>([
${layOut(packed, 6)}
]);

/** Characters that become several: ${PARTS} each, 0 where there are fewer. */
export const expansions: usize = memory.data<u32>([
${layOut(parts, 12)}
]);
`,
);
