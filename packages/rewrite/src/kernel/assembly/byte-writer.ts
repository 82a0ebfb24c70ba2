import { allocate, reallocate } from "./heap";

/** Up to so many bytes are copied in words. */
const SHORT_COPY: usize = 64;
const WORD: usize = 8;
const MAX_U32_BYTES: usize = 5;

/** A growing buffer of bytes. */
@unmanaged
export class ByteWriter {
  start: usize;
  /** Where the next byte goes. */
  at: usize;
  /** What may be written to, but for a word more. */
  private limit: usize;

  /** Begins with room for so many bytes. */
  static create(room: u64): ByteWriter {
    const writer = changetype<ByteWriter>(allocate(offsetof<ByteWriter>()));
    writer.start = allocate(room + WORD);
    writer.at = writer.start;
    writer.limit = writer.start + <usize>room;
    return writer;
  }

  get length(): u32 {
    return <u32>(this.at - this.start);
  }

  /** Takes back what was written, but for so many bytes. */
  clear(length: u32 = 0): void {
    this.at = this.start + length;
  }

  byte(value: u32): void {
    if (this.at == this.limit) this.grow(1);
    store<u8>(this.at++, value);
  }

  /** Two bytes. */
  pair(first: u32, second: u32): void {
    this.byte(first);
    this.byte(second);
  }

  /** Unsigned LEB128 in the shortest form. */
  u32(value: u32): void {
    if (this.limit - this.at < MAX_U32_BYTES) this.grow(MAX_U32_BYTES);
    let at = this.at;
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) store<u8>(at++, (rest & 0x7f) | 0x80);
    store<u8>(at++, rest);
    this.at = at;
  }

  /** A number from 0 to 2^31-1 as signed LEB128 in the shortest form. */
  s32(value: u32): void {
    let rest = value;
    for (; rest >= 0x40; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** The bytes from `start` to `end`. */
  copy(start: usize, end: usize): void {
    const length = end - start;
    if (length > this.limit - this.at) this.grow(length);
    const to = this.at;
    this.at = to + length;
    if (length > SHORT_COPY) memory.copy(to, start, length);
    else for (let i: usize = 0; i < length; i += WORD) store<u64>(to + i, load<u64>(start + i));
  }

  /** What another one has written, from so many bytes on. */
  append(other: ByteWriter, from: usize = 0): void {
    this.copy(other.start + from, other.at);
  }

  private grow(length: usize): void {
    const written = this.at - this.start;
    const room = <u64>(this.limit - this.start);
    const more = max(2 * room, <u64>written + length);
    this.start = reallocate(this.start, room + WORD, more + WORD);
    this.at = this.start + written;
    this.limit = this.start + <usize>more;
  }
}
