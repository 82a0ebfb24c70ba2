import { Failure } from "./abi";
import { beginFailure, fail, quote, say } from "./failure";
import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { Label } from "./label";
import { Policy } from "./policy";
import { addToSet, setHas } from "./tag-set";
import { TABLE_FULL, TagTable } from "./tag-table";
import { isControl, putLiteral, spells, startsWith } from "./text";

/** Bytes of a tag. */
const MAX_TAG: i32 = 256;
/** The beginning of the guard's own tags. */
const RESERVED: string = "filesystem:";

/** Enters the guard's own tags, in the order of {@link ReservedSecrecy} and {@link ReservedIntegrity}. */
export function reserveTags(policy: Policy): void {
  reserve(policy, policy.secrecyTags, "filesystem:unlisted");
  reserve(policy, policy.integrityTags, "filesystem:read-only");
  reserve(policy, policy.integrityTags, "filesystem:unknown-tool");
  reserve(policy, policy.integrityTags, "filesystem:relabelling");
  addToSet(policy.strictest.secrecy, 0);
}

function reserve(policy: Policy, table: TagTable, tag: string): void {
  const text = policy.arena.take(tag.length);
  table.add(text, putLiteral(text, tag));
}

/** Reads an array of tags into one half of a label, and secrecy into the strictest label as well. */
export function readTags(policy: Policy, reader: JsonReader, label: Label, secrecy: bool): bool {
  const table = secrecy ? policy.secrecyTags : policy.integrityTags;
  const set = secrecy ? label.secrecy : label.integrity;
  if (!reader.array()) return false;
  while (reader.element()) {
    if (!reader.string()) return false;
    const text = policy.arena.take(reader.length);
    const length = decodeString(reader.text, reader.length, text);
    const complaint = tagComplaint(text, length);
    if (complaint.length > 0) return tagFailure(reader, complaint);
    const tag = table.add(text, length);
    if (tag == TABLE_FULL) return fail(Failure.POLICY, "policy refused: more than 512 different tags");
    if (setHas(set, tag)) return tagFailure(reader, " is given twice");
    addToSet(set, tag);
    if (secrecy) addToSet(policy.strictest.secrecy, tag);
  }
  return !reader.broken;
}

/** What keeps a text from being a tag, or an empty text. */
function tagComplaint(text: usize, length: i32): string {
  if (length < 1) return " must be a text that is not empty";
  if (length > MAX_TAG) return " is longer than 256 bytes";
  // A host may trim tags in one place and not in another; then they never match.
  if (load<u8>(text) == 0x20 || load<u8>(text + length - 1) == 0x20) return " begins or ends with a blank";
  if (spells(text, length, "*")) return " stands for every tag, which a path and an agent cannot have";
  if (startsWith(text, length, RESERVED)) return ' begins with "filesystem:", which the guard keeps for itself';
  for (let i = 0; i < length; i++) {
    if (isControl(load<u8>(text + i))) return " holds a control character";
  }
  return "";
}

function tagFailure(reader: JsonReader, complaint: string): bool {
  if (beginFailure(Failure.POLICY)) {
    say("policy refused: tag ");
    quote(reader.text, reader.length);
    say(complaint);
  }
  return false;
}
