/** Bytes of all buffers together that are kept for later. What nobody has wanted for longest is left to the garbage collector. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** Empty buffers have whole multiples of so many bytes: sizes of inputs differ a little from call to call. */
const UNIT_BYTES = 16_384;

/** Bytes of an array that is not worth it: looking up where it came from costs more than it does. */
const SMALL_BYTES = 2_048;

/** Buffers that nobody uses, the one given back last at the end: its memory is in the cache. */
const free: Uint8Array[] = [];

/** Buffers that came from here. One that did not may be somebody else's, however it gets here. */
const lent = new WeakSet<ArrayBufferLike>();

/**
 * An array of `length` bytes with anything in them, for a moment: making and zeroing a large buffer costs several times as
 * much as filling it. To be given back with {@link recycle}, or else it is garbage as any other.
 */
export function recycledBytes(length: number): Uint8Array {
  const found = takeFree(length);
  if (found !== undefined) return found;
  const made = new Uint8Array(Math.ceil(length / UNIT_BYTES) * UNIT_BYTES);
  lent.add(made.buffer);
  return new Uint8Array(made.buffer, 0, length);
}

/** The same, with a copy of `bytes` in it. */
export function recycledCopy(bytes: Uint8Array): Uint8Array {
  const found = takeFree(bytes.length);
  if (found !== undefined) {
    found.set(bytes);
    return found;
  }
  // Engines do not zero what they are about to fill.
  const made = new Uint8Array(bytes);
  lent.add(made.buffer);
  return made;
}

/** `length` bytes of a buffer that nobody uses, if one is large enough. */
function takeFree(length: number): Uint8Array | undefined {
  let index = free.length - 1;
  while (index >= 0 && (free[index] as Uint8Array).length < length) index--;
  const [found] = index < 0 ? [] : free.splice(index, 1);
  return found === undefined || found.length === length ? found : new Uint8Array(found.buffer, 0, length);
}

/** Takes back an array that nobody reads any more, if it is one of {@link recycledBytes} or a part of one. */
export function recycle(bytes: Uint8Array): void {
  if (bytes.length <= SMALL_BYTES) return;
  const { buffer } = bytes;
  if (!lent.has(buffer) || buffer.byteLength > MAX_KEPT_BYTES) return;
  // Given back twice, it would be lent to two at the same time.
  if (free.some((kept) => kept.buffer === buffer)) return;
  free.push(new Uint8Array(buffer));
  // Those that are too small for what comes now would stay for good, and leave no room.
  while (free.reduce((bytes, { length }) => bytes + length, 0) > MAX_KEPT_BYTES) free.shift();
}
