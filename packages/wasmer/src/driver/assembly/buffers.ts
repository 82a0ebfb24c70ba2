/** The buffers of an attempt, with the rules of `AllocatedBuffers` and `DirectBuffers` in `@guardhost/core`. */

import { Failure, fail } from "./failures";
import { alloc, dealloc } from "./guard";
import { Entry, enter, leave } from "./interrupts";
import { has, memoryBytes } from "./memory";

/** What a buffer is for, as failures tell it. */
const enum Purpose {
  INPUT = 0,
  OUTPUT = 1,
}

/** The two buffers that {@link acquire} made. */
export let input: u32 = 0;
export let output: u32 = 0;

let hasAllocator: bool = true;
/** The region of a guard without an allocator. */
let regionStart: u32 = 0;
let regionBytes: u32 = 0;

/** Says how buffers are made: by the guard, or in pages added to its memory, as many as its maximum allows. */
export function configure(withAllocator: bool): void {
  hasAllocator = withAllocator;
}

/** Makes room for an input and an output that do not overlap. False when that failed, which the host was told then. */
export function acquire(inputBytes: u32, outputBytes: u32): bool {
  return hasAllocator ? allocate(inputBytes, outputBytes) : addRegion(inputBytes, outputBytes);
}

/** Gives back what the last {@link acquire} made. */
export function release(inputBytes: u32, outputBytes: u32): void {
  if (!hasAllocator) return;
  free(output, outputBytes);
  free(input, inputBytes);
}

function allocate(inputBytes: u32, outputBytes: u32): bool {
  input = inputBytes === 0 ? 0 : call(inputBytes);
  if (input === 0 && inputBytes > 0) return fail(Failure.OUT_OF_MEMORY, inputBytes, Purpose.INPUT, 0);
  if (!isInside(input, inputBytes, Purpose.INPUT)) return false;
  output = outputBytes === 0 ? 0 : call(outputBytes);
  if (output === 0) {
    free(input, inputBytes);
    return fail(Failure.OUT_OF_MEMORY, outputBytes, Purpose.OUTPUT, 0);
  }
  if (!isInside(output, outputBytes, Purpose.OUTPUT)) return false;
  const overlap =
    <u64>input < <u64>output + <u64>outputBytes && <u64>output < <u64>input + <u64>inputBytes;
  return overlap ? fail(Failure.OVERLAPPING_BUFFERS, input, output, 0) : true;
}

function isInside(pointer: u32, bytes: u32, purpose: Purpose): bool {
  return pointer === 0 || has(pointer, bytes) ? true : fail(Failure.BUFFER_BEYOND_MEMORY, pointer, bytes, purpose);
}

function call(bytes: u32): u32 {
  enter(Entry.ALLOC);
  const pointer = alloc(bytes);
  leave();
  return pointer;
}

function free(pointer: u32, bytes: u32): void {
  if (pointer === 0) return;
  enter(Entry.DEALLOC);
  dealloc(pointer, bytes);
  leave();
}

/** A region that has become too small is abandoned, not moved: the guard may have grown its memory behind it. */
function addRegion(inputBytes: u32, outputBytes: u32): bool {
  // The output starts at a multiple of 8, as an allocator's would.
  const outputOffset = (inputBytes + 7) & ~7;
  const needed = outputOffset + outputBytes;
  if (needed > regionBytes) {
    const start = memoryBytes();
    const pages = (needed + 65_535) >>> 16;
    const had = <u32>memory.size();
    if (memory.grow(pages) < 0) return fail(Failure.NO_PAGES, had, pages, 0);
    regionStart = <u32>start;
    regionBytes = pages << 16;
  }
  input = regionStart;
  output = regionStart + outputOffset;
  return true;
}
