/** Below this many bytes, a loop copies faster than a view of the source can be made. */
const SHORT_COPY = 48;
/** Small arrays are made much faster than large ones. */
const ROOM = 64;
const MAX_U32_BYTES = 5;

/** A growing buffer of bytes. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(ROOM);
  #length = 0;

  /** Takes back what was written. */
  clear(): void {
    this.#length = 0;
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
