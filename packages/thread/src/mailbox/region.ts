import { copyBytes, GuardError, type GuardErrorCode } from "@guardhost/core";

/** Regions grow by multiples of this. */
const GROWTH_BYTES = 65_536;

/** Shared bytes that grow on both threads at once, so that no message has to hand over anything. */
export class Region {
  readonly #buffer: SharedArrayBuffer;
  readonly #tooLarge: GuardErrorCode;

  /** @param tooLarge code of the error for what does not fit */
  constructor(buffer: SharedArrayBuffer, tooLarge: GuardErrorCode) {
    this.#buffer = buffer;
    this.#tooLarge = tooLarge;
  }

  get bytes(): number {
    return this.#buffer.byteLength;
  }

  /** Bytes that it can grow to. */
  get maxBytes(): number {
    return this.#buffer.maxByteLength;
  }

  /**
   * Writes one payload, which may be there already, and another behind it. Throws a GuardError, not lost, if there is no room for
   * both.
   */
  write(first: Uint8Array, second?: Uint8Array): void {
    const length = first.length + (second?.length ?? 0);
    if (length > this.#buffer.byteLength) this.#grow(length);
    const isThere = first.buffer === this.#buffer && first.byteOffset === 0;
    if (first.length > 0 && !isThere) this.view(0, first.length).set(first);
    if (second !== undefined && second.length > 0) this.view(first.length, second.length).set(second);
  }

  /** The bytes themselves, which change with the next payload. */
  view(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer, start, length);
  }

  /** A copy that is not shared. */
  read(start: number, length: number): Uint8Array {
    return copyBytes(this.view(start, length));
  }

  #grow(length: number): void {
    const most = this.maxBytes;
    if (length > most) {
      throw new GuardError(
        this.#tooLarge,
        `${length} bytes do not fit between two threads, which exchange at most ${most} at a time (maxPayloadBytes)`,
      );
    }
    try {
      this.#buffer.grow(Math.min(most, Math.ceil(length / GROWTH_BYTES) * GROWTH_BYTES));
    } catch (cause) {
      throw new GuardError(
        "OUT_OF_MEMORY",
        `there is no memory to exchange ${length} bytes between threads`,
        {
          cause,
        },
      );
    }
  }
}
