/** Clocks that know no time: every reading is one millisecond after the one before. */

import { has } from "../memory";
import { FAULT, INVAL, SUCCESS } from "./errno";

const MILLISECOND: u64 = 1_000_000;
/** Realtime, monotonic, and the CPU time of process and thread, which are the monotonic one. */
export const CLOCKS: u32 = 4;
const REALTIME: u32 = 0;

/** 2022-01-01T00:00:00Z. */
let realtime: u64 = 1_640_995_200_000_000_000;
let monotonic: u64 = 0;

export function clock_res_get(clock: u32, result: u32): u32 {
  return clock < CLOCKS ? storeTime(result, MILLISECOND) : INVAL;
}

export function clock_time_get(clock: u32, _precision: u64, result: u32): u32 {
  if (clock >= CLOCKS) return INVAL;
  const time = clock === REALTIME ? realtime : monotonic;
  if (clock === REALTIME) realtime += MILLISECOND;
  else monotonic += MILLISECOND;
  return storeTime(result, time);
}

function storeTime(result: u32, time: u64): u32 {
  if (!has(result, 8)) return FAULT;
  store<u64>(result, time);
  return SUCCESS;
}
