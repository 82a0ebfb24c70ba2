import { GuardError } from "@guardhost/core";

/**
 * 3 GiB: bytes of the shim's memory that all instances on a thread may hold before another is opened. It has 4 GiB, and panics
 * where none is left; a panic leaves some 500 bytes of its stack of 1 MiB behind, for good and for all instances.
 */
export const MAX_SHIM_BYTES: number = 3 * 2 ** 30;

/** Something that holds memory of the shim's. */
export interface ShimHolder {
  /** Bytes, as they are now. */
  readonly heldBytes: number;
}

const holders = new Set<ShimHolder>();

/**
 * Refuses what there is no room for.
 *
 * @param bytes that an instance begins with
 * @throws GuardError `BUSY`
 */
export function assertShimRoom(bytes: number): void {
  let held = bytes;
  for (const { heldBytes } of holders) held += heldBytes;
  if (held <= MAX_SHIM_BYTES) return;
  throw new GuardError(
    "BUSY",
    `the files of all instances on this thread would take ${held} bytes, more than ${MAX_SHIM_BYTES}: give fewer, or ` +
      "lower maxLiveInstances",
  );
}

/** Counts `holder` until what is returned is called. */
export function holdShimRoom(holder: ShimHolder): () => void {
  holders.add(holder);
  return () => holders.delete(holder);
}
