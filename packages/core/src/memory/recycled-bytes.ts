/** Bytes of all buffers together that are kept for later. What nobody has wanted for longest is left to the garbage collector. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** Empty buffers have whole multiples of so many bytes: sizes of inputs differ a little from call to call. */
const UNIT_BYTES = 16_384;

/** Bytes of an array that is not worth it: getting at its buffer costs more than it does. */
const SMALL_BYTES = 2_048;

/** Bytes from which an array's constructor copies as fast as its `set`, or faster. Below, `set` takes a fifth less time on V8. */
const HUGE_BYTES = 512 * 1024;

/** Buffers that nobody uses, the one given back last at the end: its memory is in the cache. */
const free: ArrayBufferLike[] = [];

/**
 * Marks buffers that came from here: one that did not may be somebody else's, however it gets here. A WeakSet of them takes several times
 * as long, which shows in copies of a few KiB.
 */
const LENT = Symbol();

interface MaybeLent {
  [LENT]?: true;
}

/**
 * An array of `length` bytes with anything in them, for a moment: making and zeroing a large buffer costs several times as
 * much as filling it. To be given back with {@link recycle}, or else it is garbage as any other.
 */
export function recycledBytes(length: number): Uint8Array {
  return (
    takeFree(length) ?? new Uint8Array(make(Math.ceil(length / UNIT_BYTES) * UNIT_BYTES).buffer, 0, length)
  );
}

/** The same, with a copy of `bytes` in it. */
export function recycledCopy(bytes: Uint8Array): Uint8Array {
  const found = takeFree(bytes.length);
  if (found === undefined && bytes.length >= HUGE_BYTES) return make(bytes);
  const copy = found ?? make(bytes.length);
  copy.set(bytes);
  return copy;
}

/** `length` bytes of a buffer that nobody uses, if one is large enough. */
function takeFree(length: number): Uint8Array | undefined {
  const index = free.findLastIndex((kept) => kept.byteLength >= length);
  if (index < 0) return undefined;
  const [found] = free.splice(index, 1) as [ArrayBufferLike];
  return new Uint8Array(found, 0, length);
}

/** A marked array of so many bytes, or of these. */
function make(source: number | Uint8Array): Uint8Array {
  const made = new Uint8Array(source as number);
  (made.buffer as MaybeLent)[LENT] = true;
  return made;
}

/** Takes back an array that nobody reads any more, if it is one of {@link recycledBytes} or a part of one. */
export function recycle(bytes: Uint8Array): void {
  if (bytes.length <= SMALL_BYTES) return;
  const { buffer } = bytes;
  if (!(buffer as MaybeLent)[LENT] || buffer.byteLength > MAX_KEPT_BYTES) return;
  // Given back twice, it would be lent to two at the same time.
  if (free.includes(buffer)) return;
  free.push(buffer);
  // Those that are too small for what comes now would stay for good, and leave no room.
  while (free.reduce((bytes, { byteLength }) => bytes + byteLength, 0) > MAX_KEPT_BYTES) free.shift();
}
