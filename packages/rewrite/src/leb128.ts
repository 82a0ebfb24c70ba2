/** Encodes a whole number from 0 to Number.MAX_SAFE_INTEGER as unsigned LEB128, in the shortest form. */
export function encodeUnsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // Division instead of shifts, which would cut the number to 32 bits.
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** Encodes a whole number from 0 to 2^31 - 1 as signed LEB128, in the shortest form. */
export function encodeSigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // The last byte must not look negative.
  for (; rest >= 0x40; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
