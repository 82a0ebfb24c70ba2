/** `poll_oneoff` for a guard that never waits: every clock has expired, stdin is at its end, stdout and stderr take more. */

import { charge } from "../interrupts";
import { has } from "../memory";
import { CLOCKS } from "./clocks";
import { Stream, streamOf } from "./descriptors";
import { BADF, FAULT, INVAL, SUCCESS } from "./errno";
import { ELEMENT_UNITS, MAX_WRITE_BYTES } from "./stdio";

/** More than anyone has clocks and streams to wait for. Bounds what one call costs. */
const MAX_SUBSCRIPTIONS: u32 = 1_024;
const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: u32 = 32;

/** What a subscription is for. */
const CLOCK: u32 = 0;
const FD_READ: u32 = 1;
const FD_WRITE: u32 = 2;
/** The other end is gone. */
const HANGUP: u16 = 1;

export function poll_oneoff(subscriptions: u32, events: u32, count: u32, eventCount: u32): u32 {
  charge(min<u32>(count, MAX_SUBSCRIPTIONS) * ELEMENT_UNITS);
  if (count === 0 || count > MAX_SUBSCRIPTIONS) return INVAL;
  const isInside = has(subscriptions, count * SUBSCRIPTION_BYTES) && has(events, count * EVENT_BYTES);
  if (!isInside || !has(eventCount, 4)) return FAULT;
  // There is no memory for a copy. Events may come in the place of subscriptions, but not overtake them.
  const overlap = events < subscriptions + count * SUBSCRIPTION_BYTES;
  if (events > subscriptions && overlap) return INVAL;
  for (let i: u32 = 0; i < count; i++) {
    const error = answer(subscriptions + i * SUBSCRIPTION_BYTES, events + i * EVENT_BYTES);
    if (error !== SUCCESS) return error;
  }
  store<u32>(eventCount, count);
  return SUCCESS;
}

/** Writes the event of a subscription. */
function answer(subscription: u32, event: u32): u32 {
  const userdata = load<u64>(subscription);
  const type = <u32>load<u8>(subscription, 8);
  const target = load<u32>(subscription, 16);
  let error: u32 = SUCCESS;
  let bytes: u64 = 0;
  let flags: u16 = 0;
  if (type === CLOCK) {
    if (target >= CLOCKS) error = INVAL;
  } else if (type === FD_READ) {
    if (streamOf(target) === Stream.STDIN) flags = HANGUP;
    else error = BADF;
  } else if (type === FD_WRITE) {
    const stream = streamOf(target);
    if (stream === Stream.STDOUT || stream === Stream.STDERR) bytes = MAX_WRITE_BYTES;
    else error = BADF;
  } else {
    return INVAL;
  }
  store<u64>(event, userdata);
  store<u64>(event, <u64>error | (<u64>type << 16), 8);
  store<u64>(event, bytes, 16);
  store<u64>(event, flags, 24);
  return SUCCESS;
}
