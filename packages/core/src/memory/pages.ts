import { MAX_PAGES, PAGE_BYTES } from "../abi/abi.js";

/** Bytes that a 32-bit memory can have: 4 GiB. */
const MAX_BYTES = MAX_PAGES * PAGE_BYTES;

/**
 * Pages of 64 KiB that hold `bytes`, rounded up.
 *
 * @param bytes a whole number from 0 to 4 GiB; throws a RangeError beyond
 */
export function pagesFor(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > MAX_BYTES) {
    throw new RangeError(`${bytes} is not a number of bytes from 0 to ${MAX_BYTES}`);
  }
  return Math.ceil(bytes / PAGE_BYTES);
}

/**
 * Pages by which a memory of `currentBytes` has to grow to hold `requiredBytes`; 0 when it is large enough.
 *
 * @param currentBytes a whole number from 0 to 4 GiB; throws a RangeError beyond
 * @param requiredBytes a whole number from 0 to 4 GiB; throws a RangeError beyond
 */
export function growthFor(currentBytes: number, requiredBytes: number): number {
  return Math.max(0, pagesFor(requiredBytes) - pagesFor(currentBytes));
}
