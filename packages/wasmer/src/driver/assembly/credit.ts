/** How much the guard may still print and log in a call, so that what nobody would keep is not sent either. */

import { a, receiveReply, send, ToHost } from "./frames";

/** Bytes that the host certainly keeps. It may be more: the host drops blank lines, and counts what is left. */
let certain: u32 = 0;
let exhausted: bool = false;

/** A call begins, with so many bytes. */
export function refill(bytes: u32): void {
  certain = bytes;
  exhausted = bytes === 0;
}

/** How many of `bytes` bytes may be sent now, 0 only when the host keeps nothing any more. */
export function credit(bytes: u32): u32 {
  if (exhausted) return 0;
  if (certain < bytes) {
    send(ToHost.WANTS_CREDIT, 0, 0, 0, 0, 0, 0, 0);
    receiveReply();
    certain = a;
    exhausted = certain === 0;
  }
  return min<u32>(bytes, certain);
}

/** So many bytes are being sent. */
export function spend(bytes: u32): void {
  certain -= min<u32>(bytes, certain);
}
