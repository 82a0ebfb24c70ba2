/** The guard's streams: stdin is at its end, stdout and stderr are sent to the host, which makes log lines of them. */

import { credit, spend } from "../credit";
import { send, ToHost } from "../frames";
import { charge } from "../interrupts";
import { has } from "../memory";
import { Stream, streamOf } from "./descriptors";
import { BADF, FAULT, INVAL, SUCCESS } from "./errno";

/** Bounds what one call costs. */
const MAX_IOVECS: u32 = 1_024;
const IOVEC_BYTES: u32 = 8;
/** What an array's element, and a byte that is printed, cost in instructions of a guest. */
export const ELEMENT_UNITS: u32 = 500;
export const BYTE_UNITS: u32 = 4;
/** Bytes that one write takes. A guest writes the rest with the next, and can be interrupted in between. */
export const MAX_WRITE_BYTES: u32 = 65_536;
/** The largest count that POSIX lets `write` answer, where sizes have 32 bits. */
const MAX_COUNT: u64 = 0x7fff_ffff;

export function fd_read(descriptor: u32, iovecs: u32, count: u32, read: u32): u32 {
  if (streamOf(descriptor) !== Stream.STDIN) return BADF;
  const error = checkIovecs(iovecs, count);
  if (error !== SUCCESS) return error;
  if (!has(read, 4)) return FAULT;
  store<u32>(read, 0);
  return SUCCESS;
}

export function fd_write(descriptor: u32, iovecs: u32, count: u32, written: u32): u32 {
  const stream = streamOf(descriptor);
  if (stream !== Stream.STDOUT && stream !== Stream.STDERR) return BADF;
  const error = checkIovecs(iovecs, count);
  if (error !== SUCCESS) return error;
  // Looked at before anything is printed: a guest that is told of a failure may print it again.
  if (!has(written, 4)) return FAULT;
  const bytes = credit(1) === 0 ? offered(iovecs, count) : print(stream, iovecs, count);
  charge(min<u32>(bytes, MAX_WRITE_BYTES) * BYTE_UNITS);
  store<u32>(written, bytes);
  return SUCCESS;
}

/** Charges for the buffers, and tells whether there are too many, or one that is not inside the memory. */
function checkIovecs(iovecs: u32, count: u32): u32 {
  if (count > MAX_IOVECS) return INVAL;
  if (!has(iovecs, count * IOVEC_BYTES)) return FAULT;
  charge(count * ELEMENT_UNITS);
  for (let i: u32 = 0; i < count; i++) {
    const at = iovecs + i * IOVEC_BYTES;
    if (!has(load<u32>(at), load<u32>(at, 4))) return FAULT;
  }
  return SUCCESS;
}

/** All bytes of the buffers, none of which anybody would keep. */
function offered(iovecs: u32, count: u32): u32 {
  let sum: u64 = 0;
  for (let i: u32 = 0; i < count; i++) sum += load<u32>(iovecs + i * IOVEC_BYTES, 4);
  return <u32>min<u64>(sum, MAX_COUNT);
}

/** Prints the beginning of the buffers, or all of them, and answers how many bytes that were. */
function print(stream: Stream, iovecs: u32, count: u32): u32 {
  let left = MAX_WRITE_BYTES;
  for (let i: u32 = 0; i < count && left > 0; i++) {
    const at = iovecs + i * IOVEC_BYTES;
    const bytes = min<u32>(load<u32>(at, 4), left);
    printBytes(stream, load<u32>(at), bytes);
    left -= bytes;
  }
  return MAX_WRITE_BYTES - left;
}

function printBytes(stream: Stream, pointer: u32, bytes: u32): void {
  while (bytes > 0) {
    const kept = credit(bytes);
    if (kept === 0) return;
    spend(kept);
    send(ToHost.OUTPUT, kept, stream, 0, 0, 0, pointer, kept);
    pointer += kept;
    bytes -= kept;
  }
}
