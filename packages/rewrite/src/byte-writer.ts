/** Below this many bytes, a loop copies faster than a view of the source can be made. */
const SHORT_COPY = 48;
/** Small arrays are made much faster than large ones. */
const ROOM = 64;
const MAX_U32_BYTES = 5;

/** A growing buffer of bytes. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** Begins with room for so many bytes. */
  constructor(room: number = ROOM) {
    this.#bytes = new Uint8Array(room);
  }

  get length(): number {
    return this.#length;
  }

  /** Takes back what was written, but for the first `length` bytes. */
  clear(length = 0): void {
    this.#length = length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** A number from 0 to 2^32-1 as unsigned LEB128, in the shortest form. */
  u32(value: number): void {
    if (this.#length + MAX_U32_BYTES > this.#bytes.length) this.#grow(MAX_U32_BYTES);
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
    bytes[at++] = rest;
    this.#length = at;
  }

  /** A number from 0 to 2^31-1 as signed LEB128, in the shortest form. */
  s32(value: number): void {
    let rest = value;
    for (; rest >= 0x40; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** A name of ASCII characters, with its length in front. */
  ascii(name: string): void {
    this.u32(name.length);
    for (let at = 0; at < name.length; at++) this.byte(name.charCodeAt(at));
  }

  /** `source[start, end)`. */
  copy(source: Uint8Array, start = 0, end: number = source.length): void {
    const to = this.#length;
    const length = end - start;
    if (to + length > this.#bytes.length) this.#grow(length);
    this.#length = to + length;
    const bytes = this.#bytes;
    if (length < SHORT_COPY) {
      for (let at = 0; at < length; at++) bytes[to + at] = source[start + at] as number;
    } else {
      bytes.set(source.subarray(start, end), to);
    }
  }

  /** What another one has written, from `start` on. */
  append(other: ByteWriter, start = 0): void {
    this.copy(other.#bytes, start, other.#length);
  }

  /** Writes over the byte at `position`. */
  patch(position: number, byte: number): void {
    this.#bytes[position] = byte;
  }

  /** What was written, until more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + length));
    larger.set(this.view());
    this.#bytes = larger;
  }
}
