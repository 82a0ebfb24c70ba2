import { expansions, RANGES, ranges } from "./folding-table";
import { fold } from "./text";

/** Answers of {@link FoldedText.next} that are no character. */
export const END: i32 = -1;
/** A character that could be any. */
export const UNKNOWN: i32 = -2;

const HANGUL: u32 = 0xac00;
const HANGUL_COUNT: u32 = 11_172;

/** Kinds of ranges in the table. */
const enum Kind {
  /** Invisible, or a mark on the character before. */
  GONE,
  /** All become one character. */
  CONSTANT,
  /** Each becomes the one at the same place from the value on. */
  EVERY,
  /** The same for every second one; those between stay. */
  EVERY_SECOND,
  /** Becomes several; the value says which. */
  EXPANSION,
  /** Rare, and not worth knowing. */
  UNKNOWN,
}

/** Valid UTF-8, read without letter case, composition, marks and invisible characters. */
@unmanaged
export class FoldedText {
  private at: usize;
  private end: usize;
  /** What is left of a character that became several, 0 if nothing. */
  private second: i32;
  private third: i32;

  begin(text: usize, length: i32): void {
    this.at = text;
    this.end = text + length;
    this.second = 0;
    this.third = 0;
  }

  /** The next character, {@link END} or {@link UNKNOWN}. */
  next(): i32 {
    const pending = this.second;
    if (pending != 0) {
      this.second = this.third;
      this.third = 0;
      return pending;
    }
    while (this.at < this.end) {
      const code = this.decode();
      if (code < 0x80) return fold(code);
      const folded = code - HANGUL < HANGUL_COUNT ? this.takeApart(code - HANGUL) : this.lookUp(code);
      if (folded != 0) return folded;
    }
    return END;
  }

  /** Takes a Hangul syllable apart, by the arithmetic of the Unicode standard. */
  private takeApart(syllable: u32): i32 {
    const trail = syllable % 28;
    this.second = 0x1161 + (syllable % 588) / 28;
    this.third = trail == 0 ? 0 : 0x11a7 + trail;
    return 0x1100 + syllable / 588;
  }

  /** What a character becomes, 0 if nothing. */
  private lookUp(code: u32): i32 {
    const range = rangeBefore(code);
    const offset = code - startOf(range);
    if (code < startOf(range) || offset > <u32>((range >> 24) & 0xfff)) return code;
    const value = <i32>(range & 0x1f_ffff);
    const kind: Kind = <i32>((range >> 21) & 7);
    if (kind == Kind.GONE) return 0;
    if (kind == Kind.UNKNOWN) return UNKNOWN;
    if (kind == Kind.CONSTANT) return value;
    if (kind == Kind.EVERY) return value + offset;
    if (kind == Kind.EVERY_SECOND) return (offset & 1) == 0 ? value + offset : code;
    const parts = expansions + <usize>value * 12;
    this.second = load<i32>(parts, 4);
    this.third = load<i32>(parts, 8);
    return load<i32>(parts);
  }

  private decode(): u32 {
    const at = this.at;
    const first: u32 = load<u8>(at);
    if (first < 0x80) {
      this.at = at + 1;
      return first;
    }
    if (first < 0xe0) {
      this.at = at + 2;
      return ((first & 0x1f) << 6) | rest(at + 1);
    }
    if (first < 0xf0) {
      this.at = at + 3;
      return ((first & 0x0f) << 12) | (rest(at + 1) << 6) | rest(at + 2);
    }
    this.at = at + 4;
    return ((first & 0x07) << 18) | (rest(at + 1) << 12) | (rest(at + 2) << 6) | rest(at + 3);
  }
}

// @ts-ignore: decorator
@inline
function rest(at: usize): u32 {
  return load<u8>(at) & 0x3f;
}

/** The last range that does not begin after a character, or the first one. */
function rangeBefore(code: u32): u64 {
  let low = 0;
  let high = RANGES - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startOf(load<u64>(ranges + (<usize>middle << 3))) <= code) low = middle;
    else high = middle - 1;
  }
  return load<u64>(ranges + (<usize>low << 3));
}

// @ts-ignore: decorator
@inline
function startOf(range: u64): u32 {
  return <u32>(range >> 36);
}
