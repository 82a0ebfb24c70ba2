import { dataViewOf } from "./data-view.js";
import { type Errno, errno } from "./errno.js";
import type { OutputStream } from "./stdio.js";

/** An open descriptor. There are the three standard streams and never another. */
export interface Descriptor {
  readonly stream: "stdin" | OutputStream;
  /** As set by `fd_fdstat_set_flags`. They change nothing: nothing here ever blocks. */
  readonly flags: number;
}

/** The type of terminals, which makes wasi-libc write line by line. */
const CHARACTER_DEVICE = 2;

/** append, dsync, nonblock, rsync and sync. */
const ALL_FLAGS = 0b11111;

// Rights. Without those to seek and to tell, wasi-libc takes a character device for a terminal.
const FD_READ = 1n << 1n;
const FD_FDSTAT_SET_FLAGS = 1n << 3n;
const FD_WRITE = 1n << 6n;
const FD_FILESTAT_GET = 1n << 21n;
const POLL_FD_READWRITE = 1n << 27n;

/** The descriptor table of an instance. A guest may close its streams, or put one in the place of another. */
export class Descriptors {
  readonly #open = new Map<number, Descriptor>([
    [0, { stream: "stdin", flags: 0 }],
    [1, { stream: "stdout", flags: 0 }],
    [2, { stream: "stderr", flags: 0 }],
  ]);

  /** The descriptor `fd`, if it is open. */
  get(fd: number): Descriptor | undefined {
    return this.#open.get(fd);
  }

  /** Closes `fd` for good. */
  close(fd: number): Errno {
    return this.#open.delete(fd) ? errno.SUCCESS : errno.BADF;
  }

  /** Moves `from` to `to`, which must be open and is closed. */
  renumber(from: number, to: number): Errno {
    const moved = this.#open.get(from);
    if (moved === undefined || !this.#open.has(to)) return errno.BADF;
    this.#open.delete(from);
    this.#open.set(to, moved);
    return errno.SUCCESS;
  }

  /** Remembers `flags`, for guests that ask whether it took effect. */
  setFlags(fd: number, flags: number): Errno {
    const descriptor = this.#open.get(fd);
    if (descriptor === undefined) return errno.BADF;
    if ((flags & ~ALL_FLAGS) !== 0) return errno.INVAL;
    this.#open.set(fd, { ...descriptor, flags });
    return errno.SUCCESS;
  }
}

/** The 24 bytes of a WASI `fdstat`. */
export function fdstatOf({ stream, flags }: Descriptor): Uint8Array {
  const fdstat = new Uint8Array(24);
  const view = dataViewOf(fdstat);
  const direction = stream === "stdin" ? FD_READ : FD_WRITE;
  view.setUint8(0, CHARACTER_DEVICE);
  view.setUint16(2, flags, true);
  view.setBigUint64(8, direction | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE, true);
  return fdstat;
}

/** The 64 bytes of a WASI `filestat`: a character device without owner, size or times. */
export function filestat(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes[16] = CHARACTER_DEVICE;
  return bytes;
}
