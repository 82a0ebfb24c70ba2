/** The guard's descriptors: the three standard streams, which it may close, or put one in the place of another. */

import { has } from "../memory";
import { BADF, FAULT, INVAL, SUCCESS } from "./errno";

export const enum Stream {
  NONE = -1,
  STDIN = 0,
  STDOUT = 1,
  STDERR = 2,
}

/** The type of terminals, which makes wasi-libc write line by line. */
const CHARACTER_DEVICE: u8 = 2;
const FDSTAT_BYTES: u32 = 24;
const FILESTAT_BYTES: u32 = 64;
/** append, dsync, nonblock, rsync and sync. */
const ALL_FLAGS: u32 = 0b11111;
// Rights. Without those to seek and to tell, wasi-libc takes a character device for a terminal.
const FD_READ: u64 = 1 << 1;
const FD_WRITE: u64 = 1 << 6;
/** fd_fdstat_set_flags, fd_filestat_get and poll_fd_readwrite. */
const OTHER_RIGHTS: u64 = (1 << 3) | (1 << 21) | (1 << 27);

let stream0: Stream = Stream.STDIN;
let stream1: Stream = Stream.STDOUT;
let stream2: Stream = Stream.STDERR;
// As set by fd_fdstat_set_flags. They change nothing: nothing here ever blocks.
let flags0: u32 = 0;
let flags1: u32 = 0;
let flags2: u32 = 0;

/** What the descriptor stands for. */
export function streamOf(descriptor: u32): Stream {
  switch (descriptor) {
    case 0:
      return stream0;
    case 1:
      return stream1;
    case 2:
      return stream2;
    default:
      return Stream.NONE;
  }
}

/** `answer` for what is open, EBADF for what is not. */
export function ifOpen(descriptor: u32, answer: u32): u32 {
  return streamOf(descriptor) === Stream.NONE ? BADF : answer;
}

export function fd_close(descriptor: u32): u32 {
  if (streamOf(descriptor) === Stream.NONE) return BADF;
  set(descriptor, Stream.NONE, 0);
  return SUCCESS;
}

export function fd_renumber(from: u32, to: u32): u32 {
  const moved = streamOf(from);
  if (moved === Stream.NONE || streamOf(to) === Stream.NONE) return BADF;
  const flags = flagsOf(from);
  set(from, Stream.NONE, 0);
  set(to, moved, flags);
  return SUCCESS;
}

export function fd_fdstat_set_flags(descriptor: u32, flags: u32): u32 {
  const stream = streamOf(descriptor);
  if (stream === Stream.NONE) return BADF;
  if ((flags & ~ALL_FLAGS) !== 0) return INVAL;
  set(descriptor, stream, flags);
  return SUCCESS;
}

export function fd_fdstat_get(descriptor: u32, result: u32): u32 {
  const stream = streamOf(descriptor);
  if (stream === Stream.NONE) return BADF;
  if (!has(result, FDSTAT_BYTES)) return FAULT;
  store<u64>(result, CHARACTER_DEVICE);
  store<u16>(result, <u16>flagsOf(descriptor), 2);
  store<u64>(result, (stream === Stream.STDIN ? FD_READ : FD_WRITE) | OTHER_RIGHTS, 8);
  store<u64>(result, 0, 16);
  return SUCCESS;
}

export function fd_filestat_get(descriptor: u32, result: u32): u32 {
  if (streamOf(descriptor) === Stream.NONE) return BADF;
  if (!has(result, FILESTAT_BYTES)) return FAULT;
  memory.fill(result, 0, FILESTAT_BYTES);
  store<u8>(result, CHARACTER_DEVICE, 16);
  return SUCCESS;
}

function flagsOf(descriptor: u32): u32 {
  return descriptor === 0 ? flags0 : descriptor === 1 ? flags1 : flags2;
}

function set(descriptor: u32, stream: Stream, flags: u32): void {
  switch (descriptor) {
    case 0:
      stream0 = stream;
      flags0 = flags;
      break;
    case 1:
      stream1 = stream;
      flags1 = flags;
      break;
    default:
      stream2 = stream;
      flags2 = flags;
  }
}
