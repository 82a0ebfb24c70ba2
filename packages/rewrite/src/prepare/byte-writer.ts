/** Below this many bytes, a loop copies faster than a view of the source can be made. */
const SHORT_COPY = 48;

/** A growing buffer of bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** A number from 0 to 2^32-1 as unsigned LEB128, in the shortest form. */
  u32(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** A name of ASCII characters, with its length in front. */
  ascii(name: string): void {
    this.u32(name.length);
    for (let at = 0; at < name.length; at++) this.byte(name.charCodeAt(at));
  }

  /** `source[start, end)`. */
  copy(source: Uint8Array, start = 0, end: number = source.length): void {
    const length = end - start;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    if (length < SHORT_COPY) {
      for (let at = start; at < end; at++) this.#bytes[this.#length++] = source[at] as number;
    } else {
      this.#bytes.set(source.subarray(start, end), this.#length);
      this.#length += length;
    }
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
