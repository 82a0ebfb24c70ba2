/**
 * Frames on stdin and stdout. A frame is a header of eight little-endian words, its tag, the bytes of its payload and six
 * arguments, and its payload. The host's side is in `src/frames`, where the tags are explained.
 */

import { borrow, pieceBeside, restore, SCRATCH_BYTES, scratchBeside } from "./scratch";
import { ensureStack } from "./stack";
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
/** Where in the borrowed bytes the vectors are, behind the header, and the number that a system call answers. */
const VECTORS: u32 = 32;
const COUNT: u32 = 56;
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
  store<u32>(base, tag);
  store<u32>(base, payload, 4);
  store<u32>(base, a, 8);
  store<u32>(base, b, 12);
  store<u32>(base, c, 16);
  store<u32>(base, d, 20);
  store<u64>(base, 0, 24);
  let done: u32 = 0;
  while (done < HEADER_BYTES) {
    vector(base, 0, base + done, HEADER_BYTES - done);
    vector(base, 1, pointer, first);
    done += write(base, 2);
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

/** Waits for a frame. False when there are no more. */
export function receive(): bool {
  borrow(0);
  let done: u32 = 0;
  while (done < HEADER_BYTES) {
    vector(0, 0, done, HEADER_BYTES - done);
    const count = read(0);
    if (count === 0) {
      restore(0);
      return false;
    }
    done += count;
  }
  tag = load<u32>(0);
  payloadBytes = load<u32>(0, 4);
  a = load<u32>(0, 8);
  b = load<u32>(0, 12);
  c = load<u32>(0, 16);
  d = load<u32>(0, 20);
  e = load<u32>(0, 24);
  f = load<u32>(0, 28);
  restore(0);
  return true;
}

/** Waits for the frame that answers one of ours. The host sends no other one meanwhile. */
export function receiveReply(): void {
  if (!receive()) unreachable();
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
    vector(0, 0, 0, min<u32>(bytes, VECTORS));
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
