/** The text inside JSON strings: UTF-8, escapes and surrogates. */

/** Answer of {@link decodeString} for text that has no UTF-8 form. */
const LONE_SURROGATE: i32 = -1;

/** Length of the UTF-8 sequence at `at`, which begins with a byte from 0x80 up; 0 if it is not valid. */
export function utf8Length(at: usize, end: usize): usize {
  const first: u32 = load<u8>(at);
  const left = end - at;
  if (first < 0xc2 || left < 2) return 0;
  const second: u32 = load<u8>(at + 1);
  if (first < 0xe0) return isContinuation(second) ? 2 : 0;
  if (left < 3 || !isContinuation(load<u8>(at + 2))) return 0;
  if (first < 0xf0) {
    // Not what fits two bytes, and not the surrogates.
    const low: u32 = first == 0xe0 ? 0xa0 : 0x80;
    const high: u32 = first == 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high ? 3 : 0;
  }
  if (first > 0xf4 || left < 4 || !isContinuation(load<u8>(at + 3))) return 0;
  // Not what fits three bytes, and not above U+10FFFF.
  const low: u32 = first == 0xf0 ? 0x90 : 0x80;
  const high: u32 = first == 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high ? 4 : 0;
}

/**
 * Decodes the inside of a valid JSON string into UTF-8 at `to`, which never needs more room than the source.
 * Answers the length, or {@link LONE_SURROGATE}.
 */
export function decodeString(text: usize, length: i32, to: usize): i32 {
  const end = text + length;
  let out = to;
  let at = text;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte != 0x5c) {
      store<u8>(out++, byte);
      at++;
      continue;
    }
    const letter: u32 = load<u8>(at + 1);
    if (letter != 0x75) {
      store<u8>(out++, <u8>escapedByte(letter));
      at += 2;
      continue;
    }
    let code = hex(at + 2);
    at += 6;
    if ((code & 0xf800) == 0xd800) {
      if (code >= 0xdc00 || end - at < 6 || load<u16>(at) != 0x755c) return LONE_SURROGATE;
      const low = hex(at + 2);
      if ((low & 0xfc00) != 0xdc00) return LONE_SURROGATE;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    }
    out = putCodePoint(out, code);
  }
  return <i32>(out - to);
}

// @ts-ignore: decorator
@inline
function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

function escapedByte(letter: u32): u32 {
  if (letter == 0x62) return 0x08;
  if (letter == 0x66) return 0x0c;
  if (letter == 0x6e) return 0x0a;
  if (letter == 0x72) return 0x0d;
  if (letter == 0x74) return 0x09;
  return letter;
}

/** The value of four hexadecimal digits. */
function hex(at: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const digit: u32 = load<u8>(at + i);
    value = (value << 4) | (digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x57);
  }
  return value;
}

function putCodePoint(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >> 6)));
    store<u8>(to + 1, <u8>(0x80 | (code & 0x3f)));
    return to + 2;
  }
  if (code < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (code >> 12)));
    store<u8>(to + 1, <u8>(0x80 | ((code >> 6) & 0x3f)));
    store<u8>(to + 2, <u8>(0x80 | (code & 0x3f)));
    return to + 3;
  }
  store<u8>(to, <u8>(0xf0 | (code >> 18)));
  store<u8>(to + 1, <u8>(0x80 | ((code >> 12) & 0x3f)));
  store<u8>(to + 2, <u8>(0x80 | ((code >> 6) & 0x3f)));
  store<u8>(to + 3, <u8>(0x80 | (code & 0x3f)));
  return to + 4;
}
