/** There are no arguments and no environment. */

import { has } from "../memory";
import { FAULT, SUCCESS } from "./errno";

export function args_get(_pointers: u32, _bytes: u32): u32 {
  return SUCCESS;
}

export function args_sizes_get(count: u32, bytes: u32): u32 {
  return noStrings(count, bytes);
}

export function environ_get(_pointers: u32, _bytes: u32): u32 {
  return SUCCESS;
}

export function environ_sizes_get(count: u32, bytes: u32): u32 {
  return noStrings(count, bytes);
}

function noStrings(count: u32, bytes: u32): u32 {
  if (!has(count, 4)) return FAULT;
  store<u32>(count, 0);
  if (!has(bytes, 4)) return FAULT;
  store<u32>(bytes, 0);
  return SUCCESS;
}
