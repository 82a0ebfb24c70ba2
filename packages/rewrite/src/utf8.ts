/** Code units that one call of String.fromCharCode takes: an unbounded number would exhaust the stack. */
const CHUNK = 4096;

/** By length of a sequence, the lowest code point that needs it. Anything below is an over-long encoding. */
const lowest = [0, 0, 0x80, 0x800, 0x10000];

/**
 * Decodes `bytes[start, end)` as strict UTF-8: no over-long forms, no surrogates, nothing above U+10FFFF.
 * Calls `fail` with the offset of the first sequence that is not UTF-8.
 */
export function decodeUtf8(
  bytes: Uint8Array,
  start: number,
  end: number,
  fail: (offset: number) => never,
): string {
  let text = "";
  let units: number[] = [];
  for (let offset = start; offset < end; ) {
    const lead = bytes[offset] as number;
    const length = sequenceLength(lead);
    if (length === 0 || offset + length > end) fail(offset);
    const point = length === 1 ? lead : codePoint(bytes, offset, length);
    if (point < 0) fail(offset);
    if (point < 0x10000) units.push(point);
    else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
    offset += length;
  }
  return text + String.fromCharCode(...units);
}

/** Bytes of the sequence that `lead` begins, or 0 if it begins none. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc0) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf8 ? 4 : 0;
}

/** The code point of a sequence of 2 to 4 bytes, or -1 if it is not one. */
function codePoint(bytes: Uint8Array, offset: number, length: number): number {
  let point = (bytes[offset] as number) & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[offset + i] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return surrogate || point > 0x10ffff || point < (lowest[length] as number) ? -1 : point;
}
