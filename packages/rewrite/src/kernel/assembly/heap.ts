import { OUT_OF_MEMORY } from "../failure-kinds";
import { exchange } from "./exchange";

/** Memory is got in steps of at least so many pages. */
const STEP: u64 = 16;
const PAGE_BITS: u64 = 16;
const MAX_PAGES: u64 = 0x10000;

/** Bytes behind all that is in use: copies in words, and runs of plain instructions, look a little beyond their end. */
const MARGIN: u64 = 64;

let top: usize = 0;

/** Gives all memory back. */
export function releaseAll(): void {
  top = <usize>aligned(__heap_base);
}

/** Memory that holds anything, until {@link releaseAll}. */
export function allocate(bytes: u64): usize {
  const start = top;
  extend(aligned(start + bytes));
  return start;
}

/** More memory in the place of what was allocated as so many bytes, with those at its beginning. */
export function reallocate(start: usize, bytes: u64, more: u64): usize {
  if (aligned(start + bytes) == top) {
    extend(aligned(start + more));
    return start;
  }
  const larger = allocate(more);
  memory.copy(larger, start, <usize>bytes);
  return larger;
}

function extend(end: u64): void {
  const needed = (end + MARGIN + 0xffff) >> PAGE_BITS;
  const present = <u64>memory.size();
  if (needed > present) {
    const missing = min(max(needed - present, STEP), MAX_PAGES - present);
    if (needed > MAX_PAGES || memory.grow(<i32>missing) < 0) {
      exchange.failure = OUT_OF_MEMORY;
      unreachable();
    }
  }
  top = <usize>end;
}

function aligned(address: u64): u64 {
  return (address + 15) & ~15;
}
