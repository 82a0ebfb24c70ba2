/** The two host functions of the ABI. Everything that is to be decided about them, the host decides. */

import { credit, spend } from "./credit";
import { a, b, FromHost, payloadBytes, receivePayload, receiveReply, send, sendMore, tag, ToHost } from "./frames";
import { charge, hurry, isAllocating } from "./interrupts";
import { has, roomAt } from "./memory";

const FAILED: i32 = -1;
const BUFFER_TOO_SMALL: i32 = -2;

let maxArgsBytes: u32 = 0;

/** Sets how many bytes the name of a tool, and its arguments, may have. */
export function limitArguments(bytes: u32): void {
  maxArgsBytes = bytes;
}

export function call_backend(
  name: u32, nameBytes: u32, args: u32, argsBytes: u32, result: u32, resultBytes: u32,
): i32 {
  if (isAllocating()) return FAILED;
  const isTooLong = argsBytes > maxArgsBytes || nameBytes > maxArgsBytes;
  if (isTooLong || !has(name, nameBytes) || !has(args, argsBytes)) return FAILED;
  // The host decides by this what fits, since nothing changes until its answer is here.
  const room = roomAt(result);
  send(ToHost.BACKEND_CALL, nameBytes + argsBytes, nameBytes, resultBytes, room, 0, name, nameBytes);
  sendMore(args, argsBytes);
  receiveReply();
  const status = <i32>a;
  const bytes = payloadBytes;
  if (tag !== FromHost.BACKEND_ANSWER || bytes > min<u32>(resultBytes, room)) unreachable();
  if (status === BUFFER_TOO_SMALL && resultBytes >= 4 && room >= 4) store<u32>(result, b);
  receivePayload(result, bytes);
  hurry();
  return status;
}

export function host_log(level: u32, message: u32, messageBytes: u32): void {
  if (!has(message, messageBytes)) return;
  // An empty message costs something too, or there could be any number of them.
  const kept = credit(max<u32>(messageBytes, 1));
  if (kept === 0) return;
  const bytes = min<u32>(kept, messageBytes);
  spend(kept);
  charge(bytes);
  send(ToHost.LOG, bytes, level, 0, 0, 0, message, bytes);
}
