import { BUFFER_TOO_SMALL } from "./abi";
import { unit } from "./text";

/**
 * Writes JSON into the host's output buffer and goes on counting when it is full, so that one pass tells the size
 * that would do.
 */
@unmanaged
export class JsonWriter {
  private to: usize;
  private capacity: u64;
  private size: u64;

  begin(to: usize, capacity: u32): void {
    this.to = to;
    this.capacity = capacity;
    this.size = 0;
  }

  /** Everything written so far fits. */
  get fits(): bool {
    return this.size <= this.capacity;
  }

  /** Forgets everything written so far. */
  rewind(): void {
    this.size = 0;
  }

  /** Writes an ASCII literal as it is. */
  raw(literal: string): void {
    const length = literal.length;
    if (this.size + length <= this.capacity) {
      const to = this.to + <usize>this.size;
      for (let i = 0; i < length; i++) store<u8>(to + i, <u8>unit(literal, i));
    }
    this.size += length;
  }

  /** Writes bytes as they are. */
  bytes(text: usize, length: i32): void {
    if (this.size + length <= this.capacity) memory.copy(this.to + <usize>this.size, text, length);
    this.size += length;
  }

  /** Writes a JSON string of UTF-8 text without control characters. */
  string(text: usize, length: i32): void {
    this.raw('"');
    let from = text;
    const end = text + length;
    for (let at = text; at < end; at++) {
      const byte = load<u8>(at);
      if (byte == 0x22 || byte == 0x5c) {
        this.bytes(from, <i32>(at - from));
        this.raw("\\");
        from = at;
      }
    }
    this.bytes(from, <i32>(end - from));
    this.raw('"');
  }

  /** Writes a number from 0 up. */
  number(value: u32): void {
    let divisor: u32 = 1;
    while (value / divisor >= 10) divisor *= 10;
    for (; divisor > 0; divisor /= 10) {
      if (this.size < this.capacity) {
        store<u8>(this.to + <usize>this.size, <u8>(0x30 + ((value / divisor) % 10)));
      }
      this.size++;
    }
  }

  /** What the label function answers: the length, or "too small" with the size that would do. */
  finish(): i32 {
    if (this.fits) return <i32>this.size;
    // The host gives up above 16 MiB, so a size beyond 32 bits need not be exact.
    if (this.capacity >= 4) store<u32>(this.to, <u32>min<u64>(this.size, u32.MAX_VALUE));
    return BUFFER_TOO_SMALL;
  }
}
