import { BYTE_UNITS, ELEMENT_UNITS, iovecBuffers } from "@guardhost/engine";
import { CALL_UNITS, type CallingGuest } from "./calling-guest.js";
import { fileErrno as errno } from "./file-errno.js";
import { MAX_TRANSFER_BYTES } from "./limits.js";
import type { OpenFile, OpenFiles } from "./open-files.js";

/** The buffers in the guest's memory that bytes come from or go to, and where it finds how many they were. */
export interface Transfer {
  readonly iovecs: number;
  readonly count: number;
  readonly result: number;
  /** Where in the file; where the last one ended, and the next one begins, unless given. */
  readonly offset?: number;
}

/** Reads and writes. Functions answer error numbers, and throw a GuestMemoryError for a pointer out of bounds. */
export class FileTransfers {
  readonly #open: OpenFiles;
  readonly #guest: CallingGuest;

  constructor(open: OpenFiles, guest: CallingGuest) {
    this.#open = open;
    this.#guest = guest;
  }

  read(file: OpenFile, transfer: Transfer): number {
    if (!file.canRead) return errno.BADF;
    const buffers = this.#buffersOf(transfer);
    if (typeof buffers === "number") return buffers;
    const offset = transfer.offset ?? file.offset;
    const wanted = Math.min(sumOf(buffers), MAX_TRANSFER_BYTES);
    const bytes = this.#open.files.read(file.path, offset, wanted);
    this.#guest.charge(CALL_UNITS + bytes.length * BYTE_UNITS);
    let done = 0;
    for (const buffer of buffers) {
      const part = bytes.subarray(done, done + buffer.length);
      buffer.set(part);
      done += part.length;
    }
    if (transfer.offset === undefined) file.offset = offset + done;
    this.#guest.memory.writeUint32(transfer.result, done);
    return errno.SUCCESS;
  }

  write(file: OpenFile, transfer: Transfer): number {
    if (!file.canWrite) return errno.BADF;
    const buffers = this.#buffersOf(transfer);
    if (typeof buffers === "number") return buffers;
    const bytes = new Uint8Array(Math.min(sumOf(buffers), MAX_TRANSFER_BYTES));
    let length = 0;
    for (const buffer of buffers) {
      const part = buffer.subarray(0, bytes.length - length);
      bytes.set(part, length);
      length += part.length;
    }
    const { files } = this.#open;
    const size = files.sizeOf(file.path);
    const start = file.appends ? size : (transfer.offset ?? file.offset);
    const error = length === 0 ? errno.SUCCESS : files.write(file.path, start, bytes);
    // What follows is copied as well.
    this.#guest.charge(3 * CALL_UNITS + (length + Math.max(0, size - start)) * BYTE_UNITS);
    if (error !== errno.SUCCESS) return error;
    if (transfer.offset === undefined) file.offset = start + length;
    this.#guest.memory.writeUint32(transfer.result, length);
    return errno.SUCCESS;
  }

  /** Views of the buffers, or an error number: then nothing must happen. */
  #buffersOf({ iovecs, count, result }: Transfer): Uint8Array[] | number {
    const { memory } = this.#guest;
    const buffers = iovecBuffers(memory, iovecs, count);
    if (buffers === undefined) return errno.INVAL;
    this.#guest.charge(buffers.length * ELEMENT_UNITS);
    return memory.has(result, 4) ? buffers : errno.FAULT;
  }
}

function sumOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}
