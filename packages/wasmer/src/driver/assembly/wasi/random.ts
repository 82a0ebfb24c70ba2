/** Randomness that every instance gets the same of, and that is no secret. */

import { charge } from "../interrupts";
import { has } from "../memory";
import { FAULT, INVAL, SUCCESS } from "./errno";
import { BYTE_UNITS } from "./stdio";

/** What is made at once. WASI cannot say that only a part was filled; what libraries ask for is seeds and keys. */
const MAX_RANDOM_BYTES: u32 = 65_536;

// xoshiro128** by David Blackman and Sebastiano Vigna, begun with the first 128 fractional bits of pi, which nobody chose.
let state0: u32 = 0x243f6a88;
let state1: u32 = 0x85a308d3;
let state2: u32 = 0x13198a2e;
let state3: u32 = 0x03707344;

export function random_get(buffer: u32, bytes: u32): u32 {
  if (!has(buffer, bytes)) return FAULT;
  if (bytes > MAX_RANDOM_BYTES) return INVAL;
  charge(bytes * BYTE_UNITS);
  const words = bytes & ~3;
  for (let at: u32 = 0; at < words; at += 4) store<u32>(buffer + at, next());
  if (words === bytes) return SUCCESS;
  // What the last word has too many is dropped.
  for (let at = words, last = next(); at < bytes; at++, last >>>= 8) store<u8>(buffer + at, <u8>last);
  return SUCCESS;
}

function next(): u32 {
  const result = rotl<u32>(state1 * 5, 7) * 9;
  const shifted = state1 << 9;
  state2 ^= state0;
  state3 ^= state1;
  state1 ^= state2;
  state0 ^= state3;
  state2 ^= shifted;
  state3 = rotl<u32>(state3, 11);
  return result;
}
