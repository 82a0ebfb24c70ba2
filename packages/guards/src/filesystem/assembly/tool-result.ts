import { JsonReader } from "./json-reader";

/**
 * Reads an MCP tool result that is one block of text, as this server's are, and leaves the reader's string on that
 * text. False for every other result: an error, several blocks, other kinds of blocks, broken JSON.
 *
 * `structuredContent` repeats the text; what holds for the result holds for it too.
 */
export function soleText(reader: JsonReader): bool {
  let text: usize = 0;
  let length = 0;
  let escaped = false;
  if (!reader.object()) return false;
  while (reader.key()) {
    if (reader.is("content")) {
      if (text != 0 || !readBlocks(reader)) return false;
      text = reader.text;
      length = reader.length;
      escaped = reader.escaped;
      if (reader.element()) return false;
    } else if (reader.is("isError")) {
      if (!reader.boolean() || reader.length == 1) return false;
    } else {
      reader.skip();
    }
  }
  if (!reader.finish() || text == 0) return false;
  reader.text = text;
  reader.length = length;
  reader.escaped = escaped;
  return true;
}

/** Reads the first block of `content` and leaves the reader's string on its text. */
function readBlocks(reader: JsonReader): bool {
  let text: usize = 0;
  let length = 0;
  let escaped = false;
  let typed = false;
  if (!reader.array() || !reader.element() || !reader.object()) return false;
  while (reader.key()) {
    if (reader.is("type")) {
      if (typed || !reader.string() || !reader.is("text")) return false;
      typed = true;
    } else if (reader.is("text")) {
      if (text != 0 || !reader.string()) return false;
      text = reader.text;
      length = reader.length;
      escaped = reader.escaped;
    } else {
      reader.skip();
    }
  }
  reader.text = text;
  reader.length = length;
  reader.escaped = escaped;
  return typed && text != 0 && !reader.broken;
}
