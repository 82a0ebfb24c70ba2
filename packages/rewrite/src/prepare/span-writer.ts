import { ByteWriter } from "./byte-writer.js";

/** Writes bytes of a source anew, in order: all that is not replaced or left out is copied. */
export class SpanWriter {
  readonly out: ByteWriter = new ByteWriter();
  readonly #source: Uint8Array;
  #copied = 0;

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
    this.leaveOut(start, end);
    this.out.u32(value);
  }
}
