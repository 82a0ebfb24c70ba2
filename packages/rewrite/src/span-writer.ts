import { ByteWriter } from "./byte-writer.js";

/** Writes bytes of a source anew, in order: all that is not replaced is copied. */
export class SpanWriter {
  readonly out: ByteWriter = new ByteWriter();
  readonly #source: Uint8Array;
  #copied = 0;

  /** `source` is written over where that saves copying it in pieces: nobody else can use it. */
  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** Starts anew, with an empty {@link out}, at an offset in the source. */
  startAt(offset: number): void {
    this.out.clear();
    this.#copied = offset;
  }

  /** Copies what comes before `offset`, so that {@link out} can be written to there. */
  copyTo(offset: number): void {
    this.out.copy(this.#source, this.#copied, offset);
    this.#copied = offset;
  }

  /** Leaves out `source[start, end)`. */
  leaveOut(start: number, end: number): void {
    this.copyTo(start);
    this.#copied = end;
  }

  /** Puts a u32 in the place of `source[start, end)`. */
  replace(start: number, end: number, value: number): void {
    const source = this.#source;
    if (value < 0x80 && end - start === 1) {
      source[start] = value;
    } else if (value >= 0x80 && value < 0x4000 && end - start === 2) {
      source[start] = (value & 0x7f) | 0x80;
      source[start + 1] = value >> 7;
    } else {
      this.leaveOut(start, end);
      this.out.u32(value);
    }
  }
}
