import { recycle, recycledBytes, recycledCopy } from "./recycled-bytes.js";

/** Bytes of a chunk that small arrays are cut from. */
const CHUNK_BYTES = 65_536;

/** Bytes up to which an array is small. A buffer of its own costs more time than filling it does. */
const SMALL_BYTES = 8_192;

/** Bytes that UTF-8 takes for a UTF-16 code unit, at most. */
const MAX_UTF8_BYTES = 3;

const encoder = new TextEncoder();
let chunk = new Uint8Array(CHUNK_BYTES);
let used = 0;

/** A copy of `bytes`, which may share its buffer with other copies but no byte. May be recycled once it is not needed. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length > SMALL_BYTES) return recycledCopy(bytes);
  const copy = room(bytes.length);
  copy.set(bytes);
  used += bytes.length;
  return copy;
}

/** `text` in UTF-8, in an array that may share its buffer with others but no byte. May be recycled as well. */
export function encodeUtf8(text: string): Uint8Array {
  const maxBytes = text.length * MAX_UTF8_BYTES;
  if (maxBytes > SMALL_BYTES) return encodeLarge(text);
  // ASCII, which most text is, fits exactly: another array would be a good part of what this costs.
  const tight = room(text.length);
  if (encoder.encodeInto(text, tight).read === text.length) {
    used += text.length;
    return tight;
  }
  const { written } = encoder.encodeInto(text, room(maxBytes));
  const bytes = room(written);
  used += written;
  return bytes;
}

/** Most text has few characters of more than one byte; only the rest needs all the room that there can be. */
function encodeLarge(text: string): Uint8Array {
  const tight = recycledBytes(text.length + (text.length >>> 3));
  const { read, written } = encoder.encodeInto(text, tight);
  if (read === text.length) return tight.subarray(0, written);
  recycle(tight);
  const wide = recycledBytes(text.length * MAX_UTF8_BYTES);
  return wide.subarray(0, encoder.encodeInto(text, wide).written);
}

/** The next `length` bytes that nobody has. */
function room(length: number): Uint8Array {
  // Not the constant: whoever transfers an array to another thread takes its chunk along, which is empty then.
  if (used + length > chunk.length) {
    chunk = new Uint8Array(CHUNK_BYTES);
    used = 0;
  }
  // Several times as fast as subarray, which looks for a species first.
  return new Uint8Array(chunk.buffer, used, length);
}
