/** One call of a label function with all its attempts, by the rules of `exchange` in `@guardhost/core`. */

import { acquire, input, output, release } from "./buffers";
import { Failure, fail } from "./failures";
import {
  a, b, c, d, e, f, FromHost, payloadBytes, receivePayload, receiveReply, send, skipPayload, tag, ToHost,
} from "./frames";
import { label } from "./guard";
import { beginCall, Entry, enter, leave } from "./interrupts";
import { has } from "./memory";
import { STASH, STASH_BYTES, stash, swap, unstash } from "./stash";

const BUFFER_TOO_SMALL: i32 = -2;

/** Makes the call that the last frame asks for. */
export function exchange(): void {
  const operation = a;
  const inputBytes = b;
  let capacity = c;
  const maxOutputBytes = e;
  const maxAttempts = f;
  /** A request whose payload is smaller than the input has none of it. */
  let isThere = payloadBytes >= inputBytes;
  /** What of the payload is not in the stash. */
  const waiting = payloadBytes - STASH_BYTES;
  beginCall(d);
  for (let attempt: u32 = 1; ; attempt++) {
    if (!acquire(inputBytes, capacity)) {
      if (attempt === 1) skipPayload(waiting);
      return;
    }
    // The host has no say in the first attempt: it has just asked for it.
    if (isThere) {
      const stashed = min<u32>(inputBytes, STASH_BYTES);
      unstash(input, stashed);
      receivePayload(input + stashed, waiting);
      isThere = false;
    } else if (askForInput(attempt, inputBytes)) {
      receivePayload(input, inputBytes);
    } else {
      release(inputBytes, capacity);
      return;
    }
    // Buffers are not zeroed: stale bytes would pass for a size hint.
    if (has(output, 4)) store<u32>(output, 0);
    enter(Entry.OTHER);
    const status = label(operation, input, inputBytes, output, capacity);
    leave();
    if (status > 0 && <u32>status > capacity) {
      fail(Failure.ANSWER_BEYOND_BUFFER, status, capacity, 0);
      return;
    }
    const hint: u32 = status === BUFFER_TOO_SMALL && has(output, 4) ? load<u32>(output) : 0;
    if (status >= 0) {
      succeed(status, inputBytes, capacity);
      return;
    }
    release(inputBytes, capacity);
    if (status !== BUFFER_TOO_SMALL) {
      fail(Failure.GUEST_ERROR, status, 0, 0);
      return;
    }
    if (capacity >= maxOutputBytes || attempt >= maxAttempts) {
      fail(Failure.OUTPUT_TOO_LARGE, hint, capacity, attempt);
      return;
    }
    // A hint that is no larger than the buffer is a lie or a leftover.
    const wanted: u64 = hint > capacity ? hint : <u64>capacity * 2;
    capacity = <u32>min<u64>(wanted, maxOutputBytes);
  }
}

/** Ends the call with an answer. It is taken before the buffers are given back: what becomes of them then is the guard's affair. */
function succeed(bytes: u32, inputBytes: u32, capacity: u32): void {
  if (stash(output, bytes)) {
    release(inputBytes, capacity);
    swap(STASH);
    send(ToHost.DONE, bytes, 0, 0, 0, 0, STASH, bytes);
    swap(STASH);
  } else {
    send(ToHost.ANSWER, bytes, 0, 0, 0, 0, output, bytes);
    release(inputBytes, capacity);
    send(ToHost.DONE, 0, 0, 0, 0, 0, 0, 0);
  }
}

/** Has the host send the input, in a frame of which nothing is read yet. False when it has given up on the call. */
function askForInput(attempt: u32, inputBytes: u32): bool {
  send(ToHost.WANTS_INPUT, 0, attempt, 0, 0, 0, 0, 0);
  receiveReply();
  if (tag === FromHost.ABANDON) return false;
  if (tag !== FromHost.INPUT || payloadBytes !== inputBytes) unreachable();
  return true;
}
