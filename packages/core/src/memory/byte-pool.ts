/** Bytes of a chunk that small arrays are cut from. */
const CHUNK_BYTES = 65_536;

/** Bytes up to which an array is small. A buffer of its own costs more time than filling it does. */
const SMALL_BYTES = 8_192;

const encoder = new TextEncoder();
let chunk = new Uint8Array(CHUNK_BYTES);
let used = 0;

/** A copy of `bytes`, which may share its buffer with other copies but no byte. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length > SMALL_BYTES) return bytes.slice();
  const copy = room(bytes.length);
  copy.set(bytes);
  used += bytes.length;
  return copy;
}

/** `text` in UTF-8, in an array that may share its buffer with others but no byte. */
export function encodeUtf8(text: string): Uint8Array {
  // UTF-8 takes up to three bytes for each UTF-16 code unit.
  const maxBytes = text.length * 3;
  if (maxBytes > SMALL_BYTES) return encoder.encode(text);
  const { written } = encoder.encodeInto(text, room(maxBytes));
  const bytes = room(written);
  used += written;
  return bytes;
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
