import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { JsonWriter } from "./json-writer";
import { Label, LABEL_BYTES } from "./label";
import { appendName, MAX_PATH, pathLength, truncatePath } from "./path";
import { Policy } from "./policy";
import { Scope } from "./prefix-tree";
import { joinFoundPath } from "./search-result";
import { writeTagLists } from "./tag-lists";
import { startsWith } from "./text";
import { labelPath } from "./verdict";

/**
 * The lines of `list_directory`, `list_directory_with_sizes` and `search_files`, as the ABI's legacy `items`: its paths
 * cannot point into a text. The `data` of the items, put together with line feeds, are the text again.
 *
 * An entry's name is content of the directory as well, so a line carries the directory's label joined with that of the
 * entry. That also settles names with line breaks in a listing: whatever lines they make up, none says more than the
 * directory's readers may know. In a search, where lines come from many directories, `joinFoundPath` settles them.
 */

/** What the lines of a text tell. */
export const enum Lines {
  /** `list_directory`: kind and name. */
  ENTRIES,
  /** `list_directory_with_sizes`: kind, name and size, then sums over all. */
  SIZED_ENTRIES,
  /** `search_files`: paths. */
  PATHS,
}

/** Lines of a listing that is labelled line by line. Hosts limit how many entries an answer may have. */
const MAX_LINES: i32 = 50_000;
/** Longest line that is read. Longer than any name of a file. */
const MAX_LINE: i32 = MAX_PATH;
const line: usize = memory.data(4096);
const directory = changetype<Label>(memory.data(LABEL_BYTES));
const entry = changetype<Label>(memory.data(LABEL_BYTES));

/** Where in {@link line} the entry's name begins. */
let nameOffset: i32 = 0;

/**
 * Writes one item per line of the reader's string. False if a line is not an entry or if there are too many, with
 * something written already.
 * `all` is the joined label of the directory and every entry that a prefix names.
 */
export function writeLines(policy: Policy, reader: JsonReader, lines: Lines, all: Label, writer: JsonWriter): bool {
  if (reader.length == 0) return false;
  const base = pathLength();
  labelPath(policy, Scope.SELF, directory);
  entry.set(directory);
  writer.raw('{"items":[');
  const end = reader.text + reader.length;
  let summary = false;
  let at = reader.text;
  for (let count = 0; count < MAX_LINES; count++) {
    const stop = lineFeed(at, end);
    const raw = <i32>(stop - at);
    // After an empty line come sums over all entries.
    if (lines == Lines.SIZED_ENTRIES && raw == 0) summary = true;
    if (!summary && !labelLine(policy, at, raw, lines, base)) return false;
    writeItem(policy, at, raw, summary ? all : entry, writer);
    if (stop == end) {
      writer.raw("]}");
      return true;
    }
    at = stop + feedLength(stop);
    writer.raw(",");
  }
  return false;
}

function writeItem(policy: Policy, raw: usize, length: i32, label: Label, writer: JsonWriter): void {
  writer.raw('{"data":"');
  writer.bytes(raw, length);
  writer.raw('","labels":{');
  writeTagLists(writer, policy, label);
  writer.raw("}}");
}

/** Labels what a line, still escaped, tells of. */
function labelLine(policy: Policy, raw: usize, rawLength: i32, lines: Lines, base: i32): bool {
  if (rawLength > MAX_LINE) return false;
  const length = decodeString(raw, rawLength, line);
  if (length < 0) return false;
  if (lines == Lines.PATHS) return joinFoundPath(policy, line, length, entry);
  const name = lines == Lines.SIZED_ENTRIES ? sizedName(length) : plainName(length);
  if (name < 1) return false;
  appendName(line + nameOffset, name);
  labelPath(policy, Scope.SELF, entry);
  entry.join(directory);
  truncatePath(base);
  return true;
}

/** Finds the name in "[FILE] name" and answers its length. */
function plainName(length: i32): i32 {
  if (startsWith(line, length, "[FILE] ")) nameOffset = 7;
  else if (startsWith(line, length, "[DIR] ")) nameOffset = 6;
  else return -1;
  return length - nameOffset;
}

/** The same in "[FILE] name     12.00 KB", where blanks pad the name; those at its own end are lost. */
function sizedName(length: i32): i32 {
  let end = length;
  if (startsWith(line, length, "[FILE] ")) {
    end = sizeStart(length);
    if (end < 0) return -1;
  }
  return plainName(withoutBlanks(end));
}

/** Where the size at the end of a line begins; -1 if there is none. */
function sizeStart(length: i32): i32 {
  let at = length - 1;
  if (at < 0 || load<u8>(line + at) != 0x42) return -1;
  at--;
  const unit = at < 0 ? 0 : load<u8>(line + at);
  if (unit == 0x4b || unit == 0x4d || unit == 0x47 || unit == 0x54) at--;
  if (at < 0 || load<u8>(line + at) != 0x20) return -1;
  const space = at--;
  while (at >= 0 && (load<u8>(line + at) == 0x2e || <u32>load<u8>(line + at) - 0x30 < 10)) at--;
  return at + 1 < space && at >= 0 && load<u8>(line + at) == 0x20 ? at : -1;
}

function withoutBlanks(length: i32): i32 {
  let end = length;
  while (end > 0 && load<u8>(line + end - 1) == 0x20) end--;
  return end;
}

/** Where the next escaped line feed begins, or `end`. */
function lineFeed(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    if (load<u8>(at) != 0x5c) at++;
    else if (feedLength(at) > 0) return at;
    else at += 2;
  }
  return end;
}

/** Bytes of the escape sequence at `at` if it stands for a line feed, else 0. */
function feedLength(at: usize): usize {
  const letter = load<u8>(at + 1);
  if (letter == 0x6e) return 2;
  // Written with four digits: 000a
  const digits = letter == 0x75 && load<u8>(at + 2) == 0x30 && load<u8>(at + 3) == 0x30 && load<u8>(at + 4) == 0x30;
  return digits && (load<u8>(at + 5) | 0x20) == 0x61 ? 6 : 0;
}
