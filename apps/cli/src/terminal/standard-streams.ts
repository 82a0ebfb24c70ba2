import type { Readable, Writable } from "node:stream";

/** Where text goes. A terminal knows whether it has colours. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  /** The descriptor that it writes to, if it is one of the process. */
  readonly fd?: number;
  hasColors?(): boolean;
}

/** Standard input, output and error of a process. */
export interface StandardStreams {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}
