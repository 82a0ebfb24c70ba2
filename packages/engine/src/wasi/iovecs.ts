import type { GuestMemory } from "@guardhost/core";
import { dataViewOf } from "./data-view.js";

/** The limit that POSIX calls IOV_MAX, with its usual value. Bounds what one call costs. */
export const MAX_IOVECS = 1024;

/** Bytes of an iovec: a pointer and a length. */
const IOVEC_BYTES = 8;

/**
 * Live views of the buffers that an array of iovecs names; undefined when there are more than {@link MAX_IOVECS}.
 * Throws a GuestMemoryError when the array or one of the buffers is not inside the memory.
 */
export function iovecBuffers(memory: GuestMemory, pointer: number, count: number): Uint8Array[] | undefined {
  if (count >>> 0 > MAX_IOVECS) return undefined;
  const array = dataViewOf(memory.view(pointer, count * IOVEC_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const at = index * IOVEC_BYTES;
    return memory.view(array.getUint32(at, true), array.getUint32(at + 4, true));
  });
}
