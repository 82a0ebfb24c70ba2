import { PAGE_BYTES } from "../abi/abi.js";
import type { WasmMemory } from "../runtime/web-assembly.js";

/** A guest named a range that is not inside its memory. */
export class GuestMemoryError extends Error {
  override readonly name = "GuestMemoryError";
}

/**
 * The memory of a guest, for a host that trusts nothing in it.
 *
 * Pointers and lengths may come straight from the guest: signed 32-bit values are taken as unsigned ones, and a range
 * that ends beyond the memory throws a {@link GuestMemoryError}. No view is kept, because growth detaches them all.
 */
export class GuestMemory {
  readonly #memory: WasmMemory;
  #lastBuffer: ArrayBuffer;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.#lastBuffer = memory.buffer;
  }

  /** Size in bytes, at most 4 GiB. */
  get byteLength(): number {
    return this.#buffer.byteLength;
  }

  /** Whether `length` bytes at `pointer` are inside the memory. */
  has(pointer: number, length: number): boolean {
    return (pointer >>> 0) + (length >>> 0) <= this.byteLength;
  }

  /** A live view of `length` bytes at `pointer`. Stale as soon as the guest runs again. */
  view(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#bounded(pointer, length), pointer >>> 0, length >>> 0);
  }

  /** A copy of `length` bytes at `pointer`. */
  read(pointer: number, length: number): Uint8Array {
    return this.view(pointer, length).slice();
  }

  /** Copies `bytes` to `pointer`. */
  write(pointer: number, bytes: Uint8Array): void {
    this.view(pointer, bytes.length).set(bytes);
  }

  /** The little-endian unsigned 32-bit number at `pointer`. */
  readUint32(pointer: number): number {
    return new DataView(this.#bounded(pointer, 4)).getUint32(pointer >>> 0, true);
  }

  /** Writes `value` modulo 2^32, little-endian, in 4 bytes. */
  writeUint32(pointer: number, value: number): void {
    const bytes = this.view(pointer, 4);
    bytes[0] = value;
    bytes[1] = value >>> 8;
    bytes[2] = value >>> 16;
    bytes[3] = value >>> 24;
  }

  /** Writes `value` modulo 2^64, little-endian, in 8 bytes. */
  writeUint64(pointer: number, value: bigint): void {
    new DataView(this.#bounded(pointer, 8)).setBigUint64(pointer >>> 0, value, true);
  }

  /** Adds `pages` of 64 KiB at the end. False when the memory may not grow so far. */
  grow(pages: number): boolean {
    try {
      this.#memory.grow(pages);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /** Size in pages of 64 KiB. */
  get pages(): number {
    return this.byteLength / PAGE_BYTES;
  }

  /** The memory's buffer of this moment. Growth detaches the one before, which is empty then. */
  get #buffer(): ArrayBuffer {
    if (this.#lastBuffer.byteLength === 0) this.#lastBuffer = this.#memory.buffer;
    return this.#lastBuffer;
  }

  /** The memory's buffer of this moment, if it holds `length` bytes at `pointer`. */
  #bounded(pointer: number, length: number): ArrayBuffer {
    const buffer = this.#buffer;
    if ((pointer >>> 0) + (length >>> 0) > buffer.byteLength) {
      throw new GuestMemoryError(
        `${length >>> 0} bytes at ${pointer >>> 0} end beyond the guest's memory of ${buffer.byteLength} bytes`,
      );
    }
    return buffer;
  }
}
