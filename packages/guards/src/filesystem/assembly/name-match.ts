import { END, FoldedText, UNKNOWN } from "./folding";

const left = changetype<FoldedText>(memory.data(offsetof<FoldedText>()));
const right = changetype<FoldedText>(memory.data(offsetof<FoldedText>()));

/**
 * Whether two names of directory entries could be one to some file system.
 *
 * The guard sees names, not files. Some file systems ignore letter case, Windows also dots and blanks at the end, and
 * the server itself takes a name for an existing one whose Unicode normal form is the same. All of that is ignored
 * here, and accents with it: too strict for a few names, too lax for none.
 */
export function possiblySameName(a: usize, aLength: i32, b: usize, bLength: i32): bool {
  left.begin(a, significant(a, aLength));
  right.begin(b, significant(b, bLength));
  while (true) {
    const one = left.next();
    const other = right.next();
    if (one == UNKNOWN || other == UNKNOWN) return true;
    if (one != other) return false;
    if (one == END) return true;
  }
}

/** Length without dots and blanks at the end. */
function significant(name: usize, length: i32): i32 {
  let end = length;
  while (end > 0 && (load<u8>(name + end - 1) == 0x2e || load<u8>(name + end - 1) == 0x20)) end--;
  return end;
}
