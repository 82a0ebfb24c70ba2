/** Bytes after which a line is passed on although it has not ended. */
export const MAX_LINE_BYTES = 4096;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Turns a stream of bytes into lines of text, for a log.
 *
 * Lines end with LF or CR LF, and come without it. Invalid UTF-8 is replaced; characters may be split between writes.
 * A line beyond {@link MAX_LINE_BYTES} comes in pieces, never split within a character. Blank lines are dropped: they
 * say nothing, and a budget counted in bytes would let any number of them through.
 */
export class LineWriter {
  readonly #emit: (line: string) => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #line = new Uint8Array(MAX_LINE_BYTES);
  #length = 0;
  /** Whether the line's beginning has been emitted already, and the decoder may hold a part of a character. */
  #continued = false;

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  /** Takes bytes, and emits what they complete. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      const end = Math.min(lineFeed < 0 ? bytes.length : lineFeed, at + MAX_LINE_BYTES - this.#length);
      if (end > at) this.#line.set(bytes.subarray(at, end), this.#length);
      this.#length += end - at;
      at = end;
      if (at === lineFeed) {
        this.flush();
        at += 1;
      } else if (this.#length === MAX_LINE_BYTES) {
        this.#emitBuffered(true);
      }
    }
  }

  /** Emits a line that has not ended yet, if there is one. */
  flush(): void {
    this.#emitBuffered(false);
  }

  /** @param more whether the line goes on, so that the rest of a split character may still come */
  #emitBuffered(more: boolean): void {
    const endsWithReturn = this.#line[this.#length - 1] === CARRIAGE_RETURN;
    const length = endsWithReturn ? this.#length - 1 : this.#length;
    this.#length = 0;
    if (length > 0 || this.#continued) {
      const text = this.#decoder.decode(this.#line.subarray(0, length), { stream: more });
      if (text !== "") this.#emit(text);
    }
    this.#continued = more;
  }
}
