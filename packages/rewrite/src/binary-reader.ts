import { decodeUtf8 } from "./utf8.js";
import { WasmFormatError } from "./wasm-format-error.js";

/**
 * A cursor over part of a module. Every method moves it past what it read, and throws a WasmFormatError when the
 * bytes are not what was asked for. `what` names the thing in that error, with its article.
 */
export class BinaryReader {
  readonly bytes: Uint8Array;
  /** The part's name, for errors. */
  readonly where: string;
  /** Where the part ends. */
  readonly end: number;
  /** The next byte to read. Offsets count from the start of the module, also in a part of it. */
  offset: number;

  constructor(bytes: Uint8Array, where: string, offset = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.where = where;
    this.offset = offset;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  /** The next byte, which stays unread, or -1 at the end. */
  peek(): number {
    return this.atEnd ? -1 : (this.bytes[this.offset] as number);
  }

  byte(what: string): number {
    if (this.offset >= this.end) this.#ended(what);
    return this.bytes[this.offset++] as number;
  }

  /** A byte from 0 to `limit`. */
  byteUpTo(limit: number, what: string): number {
    const byte = this.byte(what);
    if (byte <= limit) return byte;
    const expected = limit === 0 ? "0" : `0 to ${limit}`;
    throw new WasmFormatError(
      `expected ${what} to be ${expected}, found ${byte} in ${this.where}`,
      this.offset - 1,
    );
  }

  skip(length: number, what: string): void {
    const remaining = this.end - this.offset;
    if (length > remaining) {
      throw new WasmFormatError(
        `expected ${what} of ${length} bytes, found ${remaining} before the end of ${this.where}`,
        this.offset,
      );
    }
    this.offset += length;
  }

  u32(what: string): number {
    const start = this.offset;
    let byte = this.byte(what);
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.byte(what);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    byte = this.byte(what);
    if (byte > 0x0f) this.#tooLarge(what, "u32", byte, start);
    return (value | (byte << 28)) >>> 0;
  }

  /** A u64. Values above Number.MAX_SAFE_INTEGER are returned as that. */
  u64(what: string): number {
    const start = this.offset;
    const first = this.byte(what);
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 63; shift += 7) {
      const byte = this.byte(what);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return Math.min(value, Number.MAX_SAFE_INTEGER);
    }
    const last = this.byte(what);
    if (last > 0x01) this.#tooLarge(what, "u64", last, start);
    return Math.min(value + last * 2 ** 63, Number.MAX_SAFE_INTEGER);
  }

  s32(what: string): number {
    return this.#signed(what, 32);
  }

  s33(what: string): number {
    return this.#signed(what, 33);
  }

  /** Passes over an s64, whose value nobody here needs. */
  skipS64(what: string): void {
    const start = this.offset;
    for (let i = 0; i < 9; i++) if (this.byte(what) < 0x80) return;
    const last = this.byte(what);
    if (last !== 0 && last !== 0x7f) this.#tooLarge(what, "s64", last, start);
  }

  /**
   * The length of a list whose items take at least one byte each, so that a lying count cannot make anyone allocate
   * more than the module's own size. `limit` is the most that engines take.
   */
  count(what: string, limit: number = Number.POSITIVE_INFINITY): number {
    const start = this.offset;
    const first = this.peek();
    // What it would be called in an error is not put together for each small number.
    const count = first >= 0 && first < 0x80 ? this.byte(what) : this.u32(`the number of ${what}`);
    if (count > limit) {
      throw new WasmFormatError(`expected at most ${limit} ${what}, found ${count} in ${this.where}`, start);
    }
    const remaining = this.end - this.offset;
    if (count > remaining) {
      throw new WasmFormatError(
        `expected ${count} ${what}, found only ${remaining} bytes before the end of ${this.where}`,
        start,
      );
    }
    return count;
  }

  /** A u32 below `bound`. */
  u32Below(bound: number, what: string): number {
    const start = this.offset;
    if (start < this.end) {
      const byte = this.bytes[start] as number;
      if (byte < 0x80 && byte < bound) {
        this.offset = start + 1;
        return byte;
      }
    }
    const value = this.u32(what);
    if (value < bound) return value;
    throw new WasmFormatError(`expected ${what} below ${bound}, found ${value} in ${this.where}`, start);
  }

  /** A name: its length in bytes, then UTF-8. */
  name(what: string): string {
    const length = this.u32(`the length of ${what}`);
    const start = this.offset;
    this.skip(length, what);
    return decodeUtf8(this.bytes, start, this.offset, (offset) => {
      throw new WasmFormatError(`expected ${what} in UTF-8, found other bytes in ${this.where}`, offset);
    });
  }

  /** Another reader of what this one has left. */
  fork(): BinaryReader {
    return new BinaryReader(this.bytes, this.where, this.offset, this.end);
  }

  /** A reader of the next `length` bytes, which this one passes over. */
  part(length: number, where: string): BinaryReader {
    const start = this.offset;
    this.skip(length, where);
    return new BinaryReader(this.bytes, where, start, this.offset);
  }

  /** Throws unless everything was read. */
  finish(): void {
    if (this.offset !== this.end) {
      const end = `0x${this.end.toString(16)}`;
      throw new WasmFormatError(`expected the end of ${this.where}, found more up to ${end}`, this.offset);
    }
  }

  #signed(what: string, bits: 32 | 33): number {
    const start = this.offset;
    let byte = this.byte(what);
    if (byte < 0x80) return (byte << 25) >> 25;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.byte(what);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value << (25 - shift)) >> (25 - shift);
    }
    byte = this.byte(what);
    // The fifth byte carries the top bits, and what is left of it has to repeat the sign.
    const top = (byte << 25) >> 25;
    const bound = 2 ** (bits - 29);
    if (byte >= 0x80 || top < -bound || top >= bound) this.#tooLarge(what, `s${bits}`, byte, start);
    return value + top * 2 ** 28;
  }

  #ended(what: string): never {
    throw new WasmFormatError(`expected ${what}, found the end of ${this.where}`, this.offset);
  }

  #tooLarge(what: string, type: string, lastByte: number, start: number): never {
    const found = lastByte >= 0x80 ? "an over-long LEB128" : "a LEB128 that overflows";
    throw new WasmFormatError(`expected ${what} as ${type}, found ${found} in ${this.where}`, start);
  }
}
