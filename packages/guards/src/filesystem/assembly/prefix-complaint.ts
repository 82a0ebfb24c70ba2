import { MAX_COMPONENTS, nameEnd, nameStart } from "./prefix-tree";
import { isControl, spells } from "./text";

/** Bytes of a prefix. */
const MAX_PREFIX: i32 = 1024;

/** What keeps a text from being a prefix, or an empty text. */
export function prefixComplaint(text: usize, length: i32): string {
  if (length < 1) return "prefix must be a path";
  if (length > MAX_PREFIX) return "prefix is longer than 1024 bytes";
  if (length == 1 && load<u8>(text) == 0x2e) return "";
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(text + i);
    if (isControl(byte)) return "prefix holds a control character";
    if (byte == 0x5c) return "prefix holds a backslash; write it with slashes";
    if (byte == 0x2f && i > 0 && load<u8>(text + i - 1) == 0x2f) return "prefix holds an empty name";
  }
  if (load<u8>(text) == 0x7e && (length == 1 || load<u8>(text + 1) == 0x2f)) {
    return "prefix begins with a tilde, which means a home directory that the guard does not know";
  }
  let count = 0;
  for (let at = nameStart(text, 0, length); at < length; count++) {
    const end = nameEnd(text, at, length);
    if (spells(text + at, end - at, ".") || spells(text + at, end - at, "..")) {
      return 'prefix holds the name "." or ".."';
    }
    at = nameStart(text, end, length);
  }
  return count > MAX_COMPONENTS ? "prefix has more than 128 names" : "";
}
