import { dataViewOf } from "@guardhost/engine";
import { MAX_TRANSFER_BYTES } from "./limits.js";

/** Bytes of a WASI `dirent`, which the entry's name follows. */
const DIRENT_BYTES = 24;

// Where a dirent has the cookie of the next entry, the number of the inode, and the length of the name.
const AT = { next: 0, inode: 8, nameLength: 16 } as const;

/**
 * Fills `buffer` with entries of a directory, and answers how many bytes that are. Guests take fewer than they asked for as the
 * directory's end, so what `read` does not give at once is read piece by piece.
 *
 * @param read entries from a cookie on, cut off after `length` bytes, or after {@link MAX_TRANSFER_BYTES}
 */
export function fillWithEntries(
  buffer: Uint8Array,
  cookie: bigint,
  read: (cookie: bigint, length: number) => Uint8Array,
): number {
  let filled = 0;
  for (let from = cookie; ; ) {
    const wanted = Math.min(buffer.length - filled, MAX_TRANSFER_BYTES);
    const entries = read(from, wanted);
    buffer.set(entries, filled);
    const { whole, next } = eraseInodes(buffer.subarray(filled, filled + entries.length));
    if (entries.length < wanted || filled + wanted === buffer.length) return filled + entries.length;
    // The one that was cut off is read again.
    filled += whole;
    from = next;
  }
}

/**
 * Sets the numbers of inodes to 0, as they are everywhere else.
 *
 * @returns bytes of all entries but one that is cut off, and the cookie of what follows them
 */
function eraseInodes(entries: Uint8Array): { readonly whole: number; readonly next: bigint } {
  const view = dataViewOf(entries);
  let whole = 0;
  let next = 0n;
  for (;;) {
    entries.fill(0, whole + AT.inode, whole + AT.inode + 8);
    if (whole + DIRENT_BYTES > entries.length) break;
    const end = whole + DIRENT_BYTES + view.getUint32(whole + AT.nameLength, true);
    if (end > entries.length) break;
    next = view.getBigUint64(whole + AT.next, true);
    whole = end;
  }
  return { whole, next };
}
