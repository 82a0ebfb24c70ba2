import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { JsonWriter } from "./json-writer";
import { Label, LABEL_BYTES } from "./label";
import { appendName, isTilde, MAX_PATH, pathLength, truncatePath } from "./path";
import { Policy } from "./policy";
import { Scope } from "./prefix-tree";
import { writeTagLists } from "./tag-lists";
import { labelPath } from "./verdict";

/** Entries of a tree that is labelled entry by entry. Hosts limit how many an answer may have. */
const MAX_ENTRIES: u32 = 50_000;

const reader = changetype<JsonReader>(memory.data(offsetof<JsonReader>()));
const name: usize = memory.data(24_576);
const directory = changetype<Label>(memory.data(LABEL_BYTES));
const entry = changetype<Label>(memory.data(LABEL_BYTES));

/**
 * Labels the entries of a `directory_tree` by their place in the array. An entry that is a directory carries the labels
 * of all prefixes inside. False if the text is not such a tree, with something written already.
 *
 * In a `bare` tree the server puts nothing before the names at the top, so one that is a tilde becomes its home
 * directory. That may lie in any allowed directory.
 */
export function writeTree(
  policy: Policy, text: usize, length: i32, bare: bool, all: Label, writer: JsonWriter,
): bool {
  const base = pathLength();
  labelPath(policy, Scope.SELF, directory);
  writer.raw('{"labeled_paths":[');
  reader.begin(text, length);
  if (!reader.array()) return false;
  for (let index: u32 = 0; reader.element(); index++) {
    const size = readName();
    if (size < 1 || index == MAX_ENTRIES) return false;
    if (bare && isTilde(name, size)) {
      entry.set(policy.strictest);
      all.join(policy.strictest);
    } else {
      appendName(name, size);
      labelPath(policy, Scope.BELOW, entry);
      truncatePath(base);
    }
    entry.join(directory);
    if (index > 0) writer.raw(",");
    writer.raw('{"path":"/');
    writer.number(index);
    writer.raw('","labels":{');
    writeTagLists(writer, policy, entry);
    writer.raw("}}");
  }
  if (!reader.finish()) return false;
  // Every entry has its own label; should a host count differently, it falls back to the strictest.
  writer.raw('],"default_labels":{');
  writeTagLists(writer, policy, all);
  writer.raw("}}");
  return true;
}

/** Reads one entry and answers the length of its name; -1 if it has none, two, or one that is no name. */
function readName(): i32 {
  let size = 0;
  if (!reader.object()) return -1;
  while (reader.key()) {
    if (!reader.is("name")) {
      reader.skip();
      continue;
    }
    if (size != 0 || !reader.string() || reader.length > 24_576) return -1;
    size = decodeString(reader.text, reader.length, name);
    if (size < 1 || size > MAX_PATH) return -1;
  }
  return reader.broken ? -1 : size;
}
