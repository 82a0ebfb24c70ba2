import { JsonReader } from "./json-reader";
import { Scope } from "./prefix-tree";

/** The tools of @modelcontextprotocol/server-filesystem 2026.8.31, those that the guard treats alike under one name. */
export const enum Tool {
  /** Not one of them. Nothing is known about what it reads, writes or answers. */
  UNKNOWN,
  /** `read_file`, `read_text_file`, `read_media_file`, `get_file_info`: one `path`. */
  READ,
  /** `read_multiple_files`: `paths`. */
  READ_MANY,
  /** `list_directory`: one line per entry. */
  LIST,
  /** `list_directory_with_sizes`: one line per entry, and sums. */
  LIST_SIZES,
  /** `directory_tree`: JSON of everything below. */
  TREE,
  /** `search_files`: one path per line, of everything below. */
  SEARCH,
  /** `list_allowed_directories`: no arguments. */
  ROOTS,
  /** `write_file`, `create_directory`: one `path`. */
  WRITE,
  /** `edit_file`: one `path`; answers with what was there before. */
  EDIT,
  /** `move_file`: `source` and `destination`. */
  MOVE,
}

/** The tool that the string just read names. */
export function toolNamed(reader: JsonReader): Tool {
  if (
    reader.is("read_text_file") || reader.is("read_file") || reader.is("read_media_file") ||
    reader.is("get_file_info")
  ) return Tool.READ;
  if (reader.is("list_directory")) return Tool.LIST;
  if (reader.is("search_files")) return Tool.SEARCH;
  if (reader.is("directory_tree")) return Tool.TREE;
  if (reader.is("write_file") || reader.is("create_directory")) return Tool.WRITE;
  if (reader.is("edit_file")) return Tool.EDIT;
  if (reader.is("read_multiple_files")) return Tool.READ_MANY;
  if (reader.is("move_file")) return Tool.MOVE;
  if (reader.is("list_directory_with_sizes")) return Tool.LIST_SIZES;
  if (reader.is("list_allowed_directories")) return Tool.ROOTS;
  return Tool.UNKNOWN;
}

/**
 * The operation, as the ABI spells it.
 *
 * `edit_file` counts as an edit even with `dryRun`: a rehearsal is judged as what it rehearses. An unknown tool may do
 * anything; a write is what hosts check before the tool runs, and its label is one that nobody satisfies.
 */
export function operationOf(tool: Tool): string {
  if (tool == Tool.WRITE || tool == Tool.UNKNOWN) return "write";
  return tool == Tool.EDIT || tool == Tool.MOVE ? "read-write" : "read";
}

/**
 * How far a tool sees.
 *
 * A search answers about everything below its directory, also where it finds nothing: whether a pattern matches a
 * secret name is itself secret. A directory that moves takes everything below with it.
 */
export function scopeOf(tool: Tool): Scope {
  if (tool == Tool.LIST || tool == Tool.LIST_SIZES) return Scope.ENTRIES;
  return tool == Tool.TREE || tool == Tool.SEARCH || tool == Tool.MOVE ? Scope.BELOW : Scope.SELF;
}
