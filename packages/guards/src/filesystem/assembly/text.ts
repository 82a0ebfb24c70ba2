/** Bytes of UTF-8 text, compared and copied in place. Literals are UTF-16 in memory, and ASCII here. */

/** Code unit `index` of a literal. */
// @ts-ignore: decorator
@inline
export function unit(literal: string, index: i32): u32 {
  return load<u16>(changetype<usize>(literal) + ((<usize>index) << 1));
}

/** Whether the bytes spell the ASCII literal. */
export function spells(text: usize, length: i32, literal: string): bool {
  return length == literal.length && startsWith(text, length, literal);
}

/** Whether the bytes begin with the ASCII literal. */
export function startsWith(text: usize, length: i32, literal: string): bool {
  const size = literal.length;
  if (length < size) return false;
  for (let i = 0; i < size; i++) {
    if (load<u8>(text + i) != unit(literal, i)) return false;
  }
  return true;
}

/** Whether two texts are the same bytes. */
export function sameBytes(a: usize, aLength: i32, b: usize, bLength: i32): bool {
  return aLength == bLength && memory.compare(a, b, <usize>aLength) == 0;
}

/** Writes an ASCII literal as bytes and answers its length. */
export function putLiteral(to: usize, literal: string): i32 {
  const size = literal.length;
  for (let i = 0; i < size; i++) store<u8>(to + i, <u8>unit(literal, i));
  return size;
}

/** Whether a byte is a control character. The eighth bit of UTF-8 sequences is not one. */
// @ts-ignore: decorator
@inline
export function isControl(byte: u32): bool {
  return byte < 0x20 || byte == 0x7f;
}

/** An ASCII letter in lower case, any other byte as it is. */
// @ts-ignore: decorator
@inline
export function fold(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}
