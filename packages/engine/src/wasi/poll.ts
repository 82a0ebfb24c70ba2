import type { GuestMemory } from "@guardhost/core";
import type { Clock } from "./clocks.js";
import { dataViewOf } from "./data-view.js";
import type { Descriptors } from "./descriptors.js";
import { type Errno, errno } from "./errno.js";
import { MAX_WRITE_BYTES } from "./stdio.js";

/** What a guest can wait for. */
export interface Pollable {
  readonly clocks: readonly Clock[];
  readonly descriptors: Descriptors;
  /** Whether a descriptor is an open file, which is always ready. */
  readonly isOpenFile: (fd: number) => boolean;
}

/** The four pointers and counts of `poll_oneoff`. */
export interface PollArguments {
  readonly subscriptions: number;
  readonly events: number;
  readonly count: number;
  readonly eventCount: number;
}

/** More than anyone has clocks and streams to wait for. Bounds what one call costs. */
export const MAX_SUBSCRIPTIONS = 1024;

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;

// What a subscription is for.
const CLOCK = 0;
const FD_READ = 1;
const FD_WRITE = 2;

/** The other end is gone. */
const HANGUP = 1;

interface Outcome {
  readonly error: Errno;
  /** Bytes that can be read or written. */
  readonly bytes?: number;
  readonly flags?: number;
}

/**
 * `poll_oneoff` for a guest that never waits: every clock has expired, stdin is at its end, stdout and stderr take
 * more. Throws a GuestMemoryError when a pointer leads out of memory; the guest has seen no event then.
 */
export function pollOneoff(memory: GuestMemory, pollable: Pollable, args: PollArguments): Errno {
  const count = args.count >>> 0;
  if (count === 0 || count > MAX_SUBSCRIPTIONS) return errno.INVAL;
  // A copy: the guest may let its events overlap them.
  const subscriptions = dataViewOf(memory.read(args.subscriptions, count * SUBSCRIPTION_BYTES));
  const events = memory.view(args.events, count * EVENT_BYTES);
  if (!memory.has(args.eventCount, 4)) return errno.FAULT;

  for (let index = 0; index < count; index++) {
    const subscription = index * SUBSCRIPTION_BYTES;
    const type = subscriptions.getUint8(subscription + 8);
    const outcome = outcomeOf(type, subscriptions.getUint32(subscription + 16, true), pollable);
    if (outcome === undefined) return errno.INVAL;
    const event = events.subarray(index * EVENT_BYTES, (index + 1) * EVENT_BYTES);
    writeEvent(event, subscriptions.getBigUint64(subscription, true), type, outcome);
  }
  memory.writeUint32(args.eventCount, count);
  return errno.SUCCESS;
}

function writeEvent(bytes: Uint8Array, userdata: bigint, type: number, outcome: Outcome): void {
  const event = dataViewOf(bytes.fill(0));
  event.setBigUint64(0, userdata, true);
  event.setUint16(8, outcome.error, true);
  event.setUint8(10, type);
  event.setBigUint64(16, BigInt(outcome.bytes ?? 0), true);
  event.setUint16(24, outcome.flags ?? 0, true);
}

/** @param target the id of a clock or a descriptor. Undefined when there is no such type of subscription. */
function outcomeOf(
  type: number,
  target: number,
  { clocks, descriptors, isOpenFile }: Pollable,
): Outcome | undefined {
  if ((type === FD_READ || type === FD_WRITE) && isOpenFile(target))
    return { error: errno.SUCCESS, bytes: MAX_WRITE_BYTES };
  switch (type) {
    case CLOCK:
      return { error: target < clocks.length ? errno.SUCCESS : errno.INVAL };
    case FD_READ:
      if (descriptors.get(target)?.stream !== "stdin") return { error: errno.BADF };
      return { error: errno.SUCCESS, flags: HANGUP };
    case FD_WRITE:
      if ((descriptors.get(target)?.stream ?? "stdin") === "stdin") return { error: errno.BADF };
      return { error: errno.SUCCESS, bytes: MAX_WRITE_BYTES };
    default:
      return undefined;
  }
}
