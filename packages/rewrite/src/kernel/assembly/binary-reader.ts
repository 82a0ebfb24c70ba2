import {
  BYTE,
  BYTE_UP_TO,
  COUNT,
  END,
  S32,
  S33,
  S64,
  SKIP,
  U32,
  U32_BELOW,
  U64,
} from "../failure-kinds";
import { fail } from "./exchange";
import { allocate } from "./heap";

/**
 * A cursor like the one in ../../binary-reader.ts. What it finds wrong is read once more by that one, which has the words for it: so
 * failures name the whole thing that was asked for.
 */
@unmanaged
export class BinaryReader {
  /** The address of the next byte to read. */
  at: usize;
  /** The address where the part of the module ends. */
  end: usize;
  /** The function whose body this is, or -1. */
  functionIndex: i32;

  static create(at: usize = 0, end: usize = 0): BinaryReader {
    const reader = changetype<BinaryReader>(allocate(offsetof<BinaryReader>()));
    reader.at = at;
    reader.end = end;
    reader.functionIndex = -1;
    return reader;
  }

  // @ts-ignore: decorator
  @inline
  byte(what: string): u32 {
    const at = this.at;
    if (at >= this.end) fail(BYTE, what, this, at);
    this.at = at + 1;
    return load<u8>(at);
  }

  /** The next byte, which stays unread, or -1 at the end. */
  peek(): i32 {
    return this.at < this.end ? load<u8>(this.at) : -1;
  }

  byteUpTo(limit: u32, what: string): u32 {
    const start = this.at;
    if (start >= this.end || load<u8>(start) > limit) fail(BYTE_UP_TO, what, this, start, limit);
    this.at = start + 1;
    return load<u8>(start);
  }

  skip(length: u32, what: string): void {
    if (<usize>length > this.end - this.at) fail(SKIP, what, this, this.at, length);
    this.at += length;
  }

  u32(what: string): u32 {
    return this.unsigned(U32, what, 0);
  }

  /** The length of a list whose items take at least one byte each. */
  count(what: string): u32 {
    const start = this.at;
    const count = this.unsigned(COUNT, what, 0);
    if (<usize>count > this.end - this.at) fail(COUNT, what, this, start);
    return count;
  }

  u32Below(bound: u32, what: string): u32 {
    const start = this.at;
    const value = this.unsigned(U32_BELOW, what, bound);
    if (value >= bound) fail(U32_BELOW, what, this, start, bound);
    return value;
  }

  s32(what: string): i32 {
    return <i32>this.signed(S32, what, 8);
  }

  s33(what: string): i64 {
    return this.signed(S33, what, 16);
  }

  skipU64(what: string): void {
    const start = this.at;
    if (this.skipContinued() && this.lastByte(U64, what, start) > 1) fail(U64, what, this, start);
  }

  skipS64(what: string): void {
    const start = this.at;
    if (!this.skipContinued()) return;
    const last = this.lastByte(S64, what, start);
    if (last != 0 && last != 0x7f) fail(S64, what, this, start);
  }

  finish(): void {
    if (this.at != this.end) fail(END, "", this, this.at);
  }

  private unsigned(kind: i32, what: string, argument: u32): u32 {
    const start = this.at;
    const end = this.end;
    if (start < end && load<u8>(start) < 0x80) {
      this.at = start + 1;
      return load<u8>(start);
    }
    let at = start;
    let value: u32 = 0;
    for (let shift: u32 = 0; shift < 35; shift += 7) {
      if (at >= end) fail(kind, what, this, start, argument);
      const byte: u32 = load<u8>(at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift == 28 && byte > 0x0f) break;
        this.at = at;
        return value;
      }
    }
    fail(kind, what, this, start, argument);
    return 0;
  }

  /** `bound` is what the fifth byte, which carries the topmost bits, has to be below as a signed number. */
  private signed(kind: i32, what: string, bound: i64): i64 {
    const start = this.at;
    const end = this.end;
    let at = start;
    let value: i64 = 0;
    for (let shift: i64 = 0; shift < 35; shift += 7) {
      if (at >= end) fail(kind, what, this, start);
      const byte: i64 = load<u8>(at++);
      if (byte < 0x80) {
        const top = (byte << 57) >> 57;
        if (shift == 28 && (top < -bound || top >= bound)) break;
        this.at = at;
        return value | (top << shift);
      }
      value |= (byte & 0x7f) << shift;
    }
    fail(kind, what, this, start);
    return 0;
  }

  /** Passes over up to nine bytes of a LEB128. Whether a tenth follows. */
  private skipContinued(): bool {
    const end = this.end;
    for (let i = 0; i < 9; i++) {
      if (this.at >= end) return true;
      if (load<u8>(this.at++) < 0x80) return false;
    }
    return true;
  }

  private lastByte(kind: i32, what: string, start: usize): u32 {
    if (this.at >= this.end) fail(kind, what, this, start);
    return load<u8>(this.at++);
  }
}
