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
 * that ends beyond the memory throws a {@link GuestMemoryError}. The one view that is kept is made anew when growth has
 * detached it.
 */
export class GuestMemory {
  readonly #memory: WasmMemory;
  /** All of it, until it grows. */
  #lastBytes: Uint8Array<ArrayBuffer>;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.#lastBytes = new Uint8Array(memory.buffer);
  }

  /** Size in bytes, at most 4 GiB. */
  get byteLength(): number {
    return this.#bytes.length;
  }

  /** Whether `length` bytes at `pointer` are inside the memory. */
  has(pointer: number, length: number): boolean {
    return (pointer >>> 0) + (length >>> 0) <= this.byteLength;
  }

  /** A live view of `length` bytes at `pointer`. Stale as soon as the guest runs again. */
  view(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#bounded(pointer, length).buffer, pointer >>> 0, length >>> 0);
  }

  /** A copy of `length` bytes at `pointer`. */
  read(pointer: number, length: number): Uint8Array {
    return this.view(pointer, length).slice();
  }

  /** Copies `bytes` to `pointer`. */
  write(pointer: number, bytes: Uint8Array): void {
    this.#bounded(pointer, bytes.length).set(bytes, pointer >>> 0);
  }

  /** The little-endian unsigned 32-bit number at `pointer`. */
  readUint32(pointer: number): number {
    return new DataView(this.#bounded(pointer, 4).buffer).getUint32(pointer >>> 0, true);
  }

  /** Writes `value` modulo 2^32, little-endian, in 4 bytes. */
  writeUint32(pointer: number, value: number): void {
    const bytes = this.#bounded(pointer, 4);
    const start = pointer >>> 0;
    bytes[start] = value;
    bytes[start + 1] = value >>> 8;
    bytes[start + 2] = value >>> 16;
    bytes[start + 3] = value >>> 24;
  }

  /** Writes `value` modulo 2^64, little-endian, in 8 bytes. */
  writeUint64(pointer: number, value: bigint): void {
    new DataView(this.#bounded(pointer, 8).buffer).setBigUint64(pointer >>> 0, value, true);
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

  /** All of the memory at this moment. Growth detaches the view of before, which is empty then. */
  get #bytes(): Uint8Array<ArrayBuffer> {
    if (this.#lastBytes.length === 0) this.#lastBytes = new Uint8Array(this.#memory.buffer);
    return this.#lastBytes;
  }

  /** All of the memory at this moment, if it holds `length` bytes at `pointer`. */
  #bounded(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes;
    if ((pointer >>> 0) + (length >>> 0) > bytes.length) {
      throw new GuestMemoryError(
        `${length >>> 0} bytes at ${pointer >>> 0} end beyond the guest's memory of ${bytes.length} bytes`,
      );
    }
    return bytes;
  }
}
