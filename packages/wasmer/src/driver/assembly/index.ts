/**
 * What drives a guard in a sandbox that can do no more than start a command. It reads requests from stdin, calls the guard, and
 * writes what comes of it to stdout. The guard shares its memory and could have written anything there, so all that the driver
 * knows is in globals, which the guard cannot reach.
 */

import { configure } from "./buffers";
import { refill } from "./credit";
import { exchange } from "./exchange";
import { a, b, c, d, FromHost, receiveRequest, send, tag, ToHost } from "./frames";
import { initialize, start } from "./guard";
import { limitArguments } from "./host-functions";
import { beginCall, check, Entry, enter, leave, pause } from "./interrupts";

export { call_backend as env$call_backend, host_log as env$host_log } from "./host-functions";
export * from "./wasi/index";
export { check as guardhost$check, pause as guardhost$pause };

/** Which functions the guard has, as bits. */
const enum Has {
  ALLOCATOR = 1,
  START = 2,
  INITIALIZE = 4,
}

let logBytes: u32 = 0;

export function _start(): void {
  // A guard without any could not be told anything.
  if (memory.size() === 0 && memory.grow(1) < 0) unreachable();
  while (receiveRequest()) {
    refill(logBytes);
    if (tag === FromHost.OPEN) open();
    else if (tag === FromHost.CALL) exchange();
    else unreachable();
  }
}

/** Initialises the guard, as the last frame says. */
function open(): void {
  const has = a;
  configure((has & Has.ALLOCATOR) !== 0);
  limitArguments(b);
  logBytes = c;
  refill(logBytes);
  beginCall(d);
  enter(Entry.OTHER);
  if ((has & Has.START) !== 0) start();
  leave();
  enter(Entry.OTHER);
  if ((has & Has.INITIALIZE) !== 0) initialize();
  leave();
  send(ToHost.READY, 0, 0, 0, 0, 0, 0, 0);
}
