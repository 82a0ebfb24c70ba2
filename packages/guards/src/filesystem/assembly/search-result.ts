import { Label, LABEL_BYTES } from "./label";
import { MAX_PATH, parentLength, pathLength, pathText, setPath, truncatePath } from "./path";
import { Policy } from "./policy";
import { Scope } from "./prefix-tree";
import { sameBytes } from "./text";
import { labelPath } from "./verdict";

/** Lines that are looked up one by one; with more, the strictest label is joined. */
const MAX_LINES: i32 = 50_000;

const found = changetype<Label>(memory.data(LABEL_BYTES));
const directory: usize = memory.data(8224);
let directoryLength: i32 = 0;

/**
 * Joins the labels of the paths that the lines name with the label of the call, and answers whether there were any.
 *
 * What lies below the directory searched is in that label already. But the server answers with real paths, and these
 * tell where a symbolic link at the start has led.
 */
export function joinForeignLines(policy: Policy, text: usize, length: i32, searched: bool, into: Label): bool {
  const base = pathLength();
  memory.copy(directory, pathText(), base);
  directoryLength = base;
  const end = text + length;
  let start = text;
  let count = 0;
  for (let at = text; at <= end; at++) {
    if (at < end && load<u8>(at) != 0x0a) continue;
    const size = <i32>(at - start);
    if (size > 0 && load<u8>(start) == 0x2f && !(searched && isBelow(start, size, base))) {
      if (++count > MAX_LINES) {
        into.join(policy.strictest);
        return true;
      }
      joinLine(policy, start, size, into);
    }
    start = at + 1;
  }
  return count > 0;
}

/**
 * Joins the label of a path that a search found below its directory. False for anything else.
 *
 * It is joined with the labels of the lines before, not set: the name of a directory may end with a line break, so the
 * lines that follow a secret path can be the rest of it, whatever public path they look like.
 */
export function joinFoundPath(policy: Policy, path: usize, length: i32, into: Label): bool {
  if (length > MAX_PATH || !isBelow(path, length, directoryLength) || !isNormal(path, length)) return false;
  joinLine(policy, path, length, into);
  return true;
}

/** A name is content of its directory too, and a line may end inside of a name: both labels count. */
function joinLine(policy: Policy, path: usize, length: i32, into: Label): void {
  if (length > MAX_PATH) {
    into.join(policy.strictest);
    return;
  }
  setPath(path, length);
  labelPath(policy, Scope.SELF, found);
  into.join(found);
  truncatePath(parentLength());
  labelPath(policy, Scope.SELF, found);
  into.join(found);
}

/** Whether all names are names: none empty, none of one or two dots. */
function isNormal(path: usize, length: i32): bool {
  let start = 1;
  for (let at = 1; at <= length; at++) {
    if (at < length && load<u8>(path + at) != 0x2f) continue;
    const size = at - start;
    const dots = (size == 1 || size == 2) && load<u8>(path + start) == 0x2e && load<u8>(path + at - 1) == 0x2e;
    if (size == 0 || dots) return false;
    start = at + 1;
  }
  return true;
}

function isBelow(path: usize, length: i32, base: i32): bool {
  return length > base && load<u8>(path + base) == 0x2f && sameBytes(path, base, directory, base);
}
