import { Arena } from "./arena";
import { JsonWriter } from "./json-writer";
import { MAX_TAGS, setHas, TagSet } from "./tag-set";
import { sameBytes } from "./text";

/** Answer of {@link TagTable.add} when the table is full. */
export const TABLE_FULL: i32 = -1;

/** Bytes of a table's arena memory. */
export const TAG_TABLE_BYTES: u32 = offsetof<TagTable>() + MAX_TAGS * 8 + 16;

/** The tags of one flavour that a policy knows, each under a number. */
@unmanaged
export class TagTable {
  count: i32;
  /** Pairs of address and length. */
  private entries: usize;

  /** The number of a tag, whose text must live as long as the table, or {@link TABLE_FULL}. */
  add(text: usize, length: i32): i32 {
    for (let tag = 0; tag < this.count; tag++) {
      if (sameBytes(this.textOf(tag), this.lengthOf(tag), text, length)) return tag;
    }
    if (this.count == MAX_TAGS) return TABLE_FULL;
    const entry = this.entries + (<usize>this.count << 3);
    store<usize>(entry, text);
    store<i32>(entry, length, 4);
    return this.count++;
  }

  /** Writes a set as a JSON array of strings. */
  write(writer: JsonWriter, set: TagSet): void {
    writer.raw("[");
    let first = true;
    for (let tag = 0; tag < this.count; tag++) {
      if (!setHas(set, tag)) continue;
      if (!first) writer.raw(",");
      first = false;
      writer.string(this.textOf(tag), this.lengthOf(tag));
    }
    writer.raw("]");
  }

  open(arena: Arena): void {
    this.entries = arena.take(MAX_TAGS * 8);
  }

  private textOf(tag: i32): usize {
    return load<usize>(this.entries + (<usize>tag << 3));
  }

  private lengthOf(tag: i32): i32 {
    return load<i32>(this.entries + (<usize>tag << 3), 4);
  }
}

/** An empty table in the arena. */
export function newTagTable(arena: Arena): TagTable {
  const table = changetype<TagTable>(arena.take(offsetof<TagTable>()));
  table.open(arena);
  return table;
}
