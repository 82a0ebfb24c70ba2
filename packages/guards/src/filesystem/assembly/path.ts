import { Failure } from "./abi";
import { beginFailure, say } from "./failure";
import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { nameEnd, nameStart } from "./prefix-tree";
import { isControl } from "./text";

/**
 * Paths of arguments and results, made normal the way the server does it: by their text alone, before it follows
 * symbolic links. Links are invisible to a guard; labels follow the name under which a file is asked for.
 */

/** Bytes of a path that an argument or a line may have: what the operating system accepts at most. */
export const MAX_PATH: i32 = 4096;
/** The same, if every byte is written as an escape sequence. */
const MAX_ESCAPED: i32 = 24_576;

const decoded: usize = memory.data(24_576);
/** Room for a root, a path below it and the name of an entry. */
const normal: usize = memory.data(12_320);

let normalLength: i32 = 0;

/** The normal path: `/a/b`, or empty for `/`. */
export function pathText(): usize {
  return normal;
}

export function pathLength(): i32 {
  return normalLength;
}

/** Cuts the path back to a length it had before. */
export function truncatePath(length: i32): void {
  normalLength = length;
}

/** Adds the name of an entry. */
export function appendName(name: usize, length: i32): void {
  store<u8>(normal + normalLength, 0x2f);
  memory.copy(normal + normalLength + 1, name, length);
  normalLength += length + 1;
}

/** Copies a path that is normal already. */
export function setPath(path: usize, length: i32): void {
  memory.copy(normal, path, length);
  normalLength = length;
}

/** Length of the path without its last name. */
export function parentLength(): i32 {
  let end = normalLength;
  while (end > 0 && load<u8>(normal + end - 1) != 0x2f) end--;
  return max(end - 1, 0);
}

/**
 * Decodes the string just read as a path. Answers its length; -1 after a failure, for text that the server would
 * refuse or that means different places on different systems. `argument` names it in the log, its value stays out.
 */
export function decodePath(reader: JsonReader, argument: string): i32 {
  if (reader.length > MAX_ESCAPED) return refuse(argument, "is longer than 4096 bytes");
  const length = decodeString(reader.text, reader.length, decoded);
  if (length < 0) return refuse(argument, "is not valid Unicode");
  if (length > MAX_PATH) return refuse(argument, "is longer than 4096 bytes");
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(decoded + i);
    // A line break in a name would let a directory listing tell of entries that are not there.
    if (isControl(byte)) return refuse(argument, "holds a control character");
    if (byte == 0x5c) return refuse(argument, "holds a backslash, which separates names on some systems");
  }
  for (let at = nameStart(decoded, 0, length); at < length; ) {
    const end = nameEnd(decoded, at, length);
    // Wherever it stands: the server puts paths together anew, and `./~` becomes `~`.
    if (isTilde(decoded + at, end - at)) {
      return refuse(argument, "holds a tilde as a name; the server's home directory is not known");
    }
    at = nameStart(decoded, end, length);
  }
  const first = length > 0 ? load<u8>(decoded) : 0;
  const second = length > 1 ? load<u8>(decoded + 1) : 0;
  if ((first | 0x20) - 0x61 < 26 && second == 0x3a && (length == 2 || load<u8>(decoded + 2) == 0x2f)) {
    return refuse(argument, "begins with a drive letter");
  }
  return length;
}

/** Whether a name is the one that the server takes for its home directory where a path begins with it. */
export function isTilde(name: usize, length: i32): bool {
  return length == 1 && load<u8>(name) == 0x7e;
}

/** Whether the decoded argument is an absolute path. */
export function isAbsolute(length: i32): bool {
  return length > 0 && load<u8>(decoded) == 0x2f;
}

/** Makes the decoded absolute path normal. `..` above the root stays at the root, as in POSIX. */
export function normalizeAbsolute(length: i32): void {
  normalLength = 0;
  appendNormal(length, 0);
}

/**
 * Makes the decoded relative path normal, below the first allowed directory: there the server looks it up as long as
 * it does not lead out. One that leads out may end up in any allowed directory, and is refused.
 */
export function normalizeRelative(length: i32, root: usize, rootLength: i32, argument: string): bool {
  setPath(root, rootLength);
  if (appendNormal(length, rootLength)) return true;
  refuse(argument, "leads out of the allowed directory");
  return false;
}

/** Adds the names of the decoded argument one by one; false if `..` leads below `floor`. */
function appendNormal(length: i32, floor: i32): bool {
  let inside = true;
  let at = nameStart(decoded, 0, length);
  while (at < length) {
    const end = nameEnd(decoded, at, length);
    const size = end - at;
    const dots = countDots(decoded + at, size);
    if (dots == 2 && size == 2) {
      if (normalLength > floor) normalLength = parentLength();
      else inside = false;
    } else if (!(dots == 1 && size == 1)) {
      appendName(decoded + at, size);
    }
    at = nameStart(decoded, end, length);
  }
  return inside;
}

function countDots(name: usize, length: i32): i32 {
  let dots = 0;
  while (dots < length && load<u8>(name + dots) == 0x2e) dots++;
  return dots;
}

function refuse(argument: string, complaint: string): i32 {
  if (beginFailure(Failure.PATH)) {
    say("path refused: ");
    say(argument);
    say(" ");
    say(complaint);
  }
  return -1;
}
