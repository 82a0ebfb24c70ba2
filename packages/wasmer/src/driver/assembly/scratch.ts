/**
 * A few bytes of the guard's memory, borrowed while the guard does not run: system calls take what they need, and leave what
 * they have to say, in memory. What stood there is kept in globals meanwhile, and put back. So the driver needs no memory of
 * its own, and nothing of it is there when the guard runs.
 */

/** How many bytes are borrowed. */
export const SCRATCH_BYTES: u32 = 64;

/** Where they are if they cannot be at 0. Every memory has a page. */
const ELSEWHERE: u32 = 32_768;

let kept0: u64 = 0;
let kept1: u64 = 0;
let kept2: u64 = 0;
let kept3: u64 = 0;
let kept4: u64 = 0;
let kept5: u64 = 0;
let kept6: u64 = 0;
let kept7: u64 = 0;

/** Where to borrow when the system works on `pieceBeside(pointer, …)` bytes at `pointer`: not there. */
export function scratchBeside(pointer: u32): u32 {
  return pointer < SCRATCH_BYTES ? ELSEWHERE : 0;
}

/** How many of `bytes` bytes at `pointer` the system may work on at once, so that none of them is borrowed. */
export function pieceBeside(pointer: u32, bytes: u32): u32 {
  return pointer < SCRATCH_BYTES ? min<u32>(bytes, ELSEWHERE - pointer) : bytes;
}

/** Borrows the bytes at `at`, until {@link restore}. Not twice. */
export function borrow(at: u32): void {
  kept0 = load<u64>(at);
  kept1 = load<u64>(at, 8);
  kept2 = load<u64>(at, 16);
  kept3 = load<u64>(at, 24);
  kept4 = load<u64>(at, 32);
  kept5 = load<u64>(at, 40);
  kept6 = load<u64>(at, 48);
  kept7 = load<u64>(at, 56);
}

/** Puts back what stood at `at`. */
export function restore(at: u32): void {
  store<u64>(at, kept0);
  store<u64>(at, kept1, 8);
  store<u64>(at, kept2, 16);
  store<u64>(at, kept3, 24);
  store<u64>(at, kept4, 32);
  store<u64>(at, kept5, 40);
  store<u64>(at, kept6, 48);
  store<u64>(at, kept7, 56);
}
