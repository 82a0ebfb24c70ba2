import { LineWriter } from "./line-writer.js";

/** Streams that a guest can write to. */
export type OutputStream = "stdout" | "stderr";

/** Where a guest's standard output goes. */
export interface StdioOptions {
  /** Takes one line without its end, at most 4 KiB long before decoding: text written by the guest. Must not throw. */
  writeLine(stream: OutputStream, line: string): void;
  /** Bytes that {@link writeLine} would still keep. At 0, output is discarded without a look at it. */
  logBytesLeft(): number;
}

/** Bytes that one write takes. A guest writes the rest with the next, and can be interrupted in between. */
export const MAX_WRITE_BYTES = 65_536;

/** The largest count that POSIX lets `write` answer, where sizes have 32 bits. */
const MAX_COUNT = 0x7fff_ffff;

/** A guest's standard output: lines of a log. */
export class Stdio {
  readonly #logBytesLeft: () => number;
  readonly #writers: Readonly<Record<OutputStream, LineWriter>>;

  constructor(options: StdioOptions) {
    this.#logBytesLeft = () => options.logBytesLeft();
    this.#writers = {
      stdout: new LineWriter((line) => options.writeLine("stdout", line)),
      stderr: new LineWriter((line) => options.writeLine("stderr", line)),
    };
  }

  /** Writes the beginning of `buffers`, or all of them, and answers how many bytes that were. */
  write(stream: OutputStream, buffers: readonly Uint8Array[]): number {
    const offered = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    if (this.#logBytesLeft() <= 0) return Math.min(offered, MAX_COUNT);
    let written = 0;
    for (const buffer of buffers) {
      const part = buffer.subarray(0, MAX_WRITE_BYTES - written);
      this.#writers[stream].write(part);
      written += part.length;
    }
    return written;
  }

  /** Passes on lines that have not ended yet. */
  flush(): void {
    this.#writers.stdout.flush();
    this.#writers.stderr.flush();
  }
}
