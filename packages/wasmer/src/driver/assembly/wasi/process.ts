/** The guard's process, which it has none of but for its end. */

import { announceStop, StopReason } from "../interrupts";
import { NOSYS, SUCCESS } from "./errno";

/** Ends by a trap: whatever else unwinds the guard, it could catch. */
export function proc_exit(code: u32): void {
  announceStop(StopReason.EXIT, code);
  unreachable();
}

export function proc_raise(_signal: u32): u32 {
  return NOSYS;
}

export function sched_yield(): u32 {
  return SUCCESS;
}
