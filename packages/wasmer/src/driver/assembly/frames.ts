/**
 * Frames on stdin and stdout. A frame is a header of eight little-endian words, its tag, the bytes of its payload and six
 * arguments, and its payload. The host's side is in `src/frames`, where the tags are explained.
 */

import { borrow, pieceBeside, restore, SCRATCH_BYTES, scratchBeside } from "./scratch";
import { ensureStack } from "./stack";
import { makeRoom, STASH, STASH_BYTES, swap } from "./stash";
import { EAGAIN, EINTR, fd_read, fd_write, STDIN, STDOUT } from "./system";

export const enum ToHost {
  READY = 1,
  ANSWER = 2,
  DONE = 3,
  FAILED = 4,
  WANTS_INPUT = 5,
  BACKEND_CALL = 6,
  LOG = 7,
  OUTPUT = 8,
  WANTS_CREDIT = 9,
  STOPPED = 10,
}

export const enum FromHost {
  OPEN = 101,
  CALL = 102,
  INPUT = 103,
  ABANDON = 104,
  BACKEND_ANSWER = 105,
  CREDIT = 106,
}

const HEADER_BYTES: u32 = 32;
/** Where in the borrowed bytes the vectors are, the number that a system call answers, and the header, which ends them. */
const VECTORS: u32 = 0;
const COUNT: u32 = 16;
const HEADER: u32 = 32;
/** Bytes of a vector: a pointer and a length. */
const VECTOR_BYTES: u32 = 8;

/** The frame that came last. */
export let tag: u32 = 0;
export let payloadBytes: u32 = 0;
export let a: u32 = 0;
export let b: u32 = 0;
export let c: u32 = 0;
export let d: u32 = 0;
export let e: u32 = 0;
export let f: u32 = 0;

/**
 * Sends a frame whose payload begins with `bytes` bytes at `pointer`; what it has more is for `sendMore`.
 */
export function send(
  tag: u32, payload: u32, a: u32, b: u32, c: u32, d: u32, pointer: u32, bytes: u32,
): void {
  const near = bytes === 0 ? SCRATCH_BYTES : pointer;
  const base = scratchBeside(near);
  const first = pieceBeside(near, bytes);
  borrow(base);
  const header = base + HEADER;
  store<u32>(header, tag);
  store<u32>(header, payload, 4);
  store<u32>(header, a, 8);
  store<u32>(header, b, 12);
  store<u32>(header, c, 16);
  store<u32>(header, d, 20);
  store<u64>(header, 0, 24);
  // What stands behind the header goes with it in one piece; of two, the host would hear one by one.
  const adjoining = pointer === header + HEADER_BYTES ? first : 0;
  let done: u32 = 0;
  while (done < HEADER_BYTES + adjoining) {
    vector(base, 0, header + done, HEADER_BYTES + adjoining - done);
    vector(base, 1, pointer, first);
    done += write(base, adjoining > 0 || first === 0 ? 1 : 2);
  }
  while (done < HEADER_BYTES + first) {
    vector(base, 0, pointer + done - HEADER_BYTES, HEADER_BYTES + first - done);
    done += write(base, 1);
  }
  restore(base);
  sendMore(pointer + first, bytes - first);
}

/** Sends more of the payload. */
export function sendMore(pointer: u32, bytes: u32): void {
  while (bytes > 0) {
    const base = scratchBeside(pointer);
    borrow(base);
    vector(base, 0, pointer, pieceBeside(pointer, bytes));
    const done = write(base, 1);
    restore(base);
    pointer += done;
    bytes -= done;
  }
}

/**
 * Waits for a request, and takes the beginning of its payload along into the stash: no request has less. False when there are no
 * more.
 */
export function receiveRequest(): bool {
  makeRoom();
  const isThere = receiveHeader(STASH_BYTES);
  swap(STASH);
  return isThere;
}

/** Reads a header, and `more` bytes of what comes behind it to behind it in memory, where the stash has its place. */
function receiveHeader(more: u32): bool {
  borrow(0);
  let done: u32 = 0;
  while (done < HEADER_BYTES + more) {
    vector(0, 0, HEADER + done, HEADER_BYTES + more - done);
    const count = read(0);
    if (count === 0) {
      restore(0);
      return false;
    }
    done += count;
  }
  tag = load<u32>(HEADER);
  payloadBytes = load<u32>(HEADER, 4);
  a = load<u32>(HEADER, 8);
  b = load<u32>(HEADER, 12);
  c = load<u32>(HEADER, 16);
  d = load<u32>(HEADER, 20);
  e = load<u32>(HEADER, 24);
  f = load<u32>(HEADER, 28);
  restore(0);
  return true;
}

/** Waits for the frame that answers one of ours. The host sends no other one meanwhile. */
export function receiveReply(): void {
  // Not a byte more: behind it a request may come already.
  if (!receiveHeader(0)) unreachable();
}

/** Reads the payload of the frame, or a part of it. */
export function receivePayload(pointer: u32, bytes: u32): void {
  while (bytes > 0) {
    const base = scratchBeside(pointer);
    borrow(base);
    vector(base, 0, pointer, pieceBeside(pointer, bytes));
    const done = read(base);
    restore(base);
    if (done === 0) unreachable();
    pointer += done;
    bytes -= done;
  }
}

/** Passes over a payload that nobody has a place for. */
export function skipPayload(bytes: u32): void {
  while (bytes > 0) {
    borrow(0);
    vector(0, 0, HEADER, min<u32>(bytes, HEADER_BYTES));
    const done = read(0);
    restore(0);
    if (done === 0) unreachable();
    bytes -= done;
  }
}

function vector(base: u32, index: u32, pointer: u32, bytes: u32): void {
  const at = base + VECTORS + index * VECTOR_BYTES;
  store<u32>(at, pointer);
  store<u32>(at, bytes, 4);
}

/** Writes as much as the stream takes. */
function write(base: u32, vectors: u32): u32 {
  ensureStack();
  const error = fd_write(STDOUT, base + VECTORS, vectors, base + COUNT);
  return error === 0 ? load<u32>(base, COUNT) : again(error);
}

/** Reads as much as there is, 0 at the end. */
function read(base: u32): u32 {
  ensureStack();
  let error = fd_read(STDIN, base + VECTORS, 1, base + COUNT);
  while (error !== 0) {
    again(error);
    error = fd_read(STDIN, base + VECTORS, 1, base + COUNT);
  }
  return load<u32>(base, COUNT);
}

/** Traps unless an error is worth another try. */
function again(error: u32): u32 {
  if (error !== EAGAIN && error !== EINTR) unreachable();
  return 0;
}
