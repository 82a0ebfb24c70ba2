import { dataViewOf } from "@guardhost/engine";
import { MAX_TRANSFER_BYTES } from "./limits.js";

/** Bytes of a WASI `dirent`, which the entry's name follows. */
const DIRENT_BYTES = 24;

// Where a dirent has the cookie of the next entry, and the length of its name.
const AT = { next: 0, nameLength: 16 } as const;

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
    if (entries.length < wanted || filled + wanted === buffer.length) return filled + entries.length;
    // One that was cut off is read again.
    const { whole, next } = wholeEntries(entries);
    filled += whole;
    from = next;
  }
}

/** Bytes of all entries but one that is cut off, and the cookie of what follows them. */
function wholeEntries(entries: Uint8Array): { readonly whole: number; readonly next: bigint } {
  const view = dataViewOf(entries);
  let whole = 0;
  let next = 0n;
  while (whole + DIRENT_BYTES <= entries.length) {
    const end = whole + DIRENT_BYTES + view.getUint32(whole + AT.nameLength, true);
    if (end > entries.length) break;
    next = view.getBigUint64(whole + AT.next, true);
    whole = end;
  }
  return { whole, next };
}
