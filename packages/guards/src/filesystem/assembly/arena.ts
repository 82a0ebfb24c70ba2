import { allocate, release } from "./heap";

/**
 * One block that many small objects share, and that is freed at once.
 *
 * Its owner computes beforehand how much will be needed, so only opening can fail.
 */
@unmanaged
export class Arena {
  next: usize;
  end: usize;

  /** Memory for `size` bytes, filled with zeros. */
  take(size: u32): usize {
    const address = this.next;
    const after = address + ((size + 7) & ~7);
    // The owner's sum is wrong. Going on would overwrite someone else's memory.
    if (after > this.end) unreachable();
    this.next = after;
    memory.fill(address, 0, size);
    return address;
  }
}

/** An arena of `size` bytes, or null if there is no memory. */
export function openArena(size: u32): Arena | null {
  const header: u32 = (offsetof<Arena>() + 7) & ~7;
  const address = allocate(header + size);
  if (address == 0) return null;
  const arena = changetype<Arena>(address);
  arena.next = address + header;
  arena.end = address + header + size;
  return arena;
}

/** Frees an arena and everything in it. Null is ignored. */
export function closeArena(arena: Arena | null): void {
  release(changetype<usize>(arena));
}
