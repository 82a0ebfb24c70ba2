import { Failure } from "./abi";
import { Arena, closeArena, openArena } from "./arena";
import { beginFailure, fail, hasFailed, quote, say, sayNumber } from "./failure";
import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { Label, LABEL_BYTES, newLabel } from "./label";
import { Mode, Policy, Prefix } from "./policy";
import { readTags, reserveTags } from "./policy-tags";
import { prefixComplaint } from "./prefix-complaint";
import { growPath, newTree, NODE_BYTES, PrefixNode } from "./prefix-tree";
import { newTagTable, TAG_TABLE_BYTES } from "./tag-table";

/** Bytes of a policy document. */
const MAX_POLICY: u32 = 262_144;
/** Entries of `paths`. */
const MAX_PREFIXES: i32 = 1024;

const reader = changetype<JsonReader>(memory.data(offsetof<JsonReader>()));

/** Where in `paths` the reader is; -1 elsewhere. For messages. */
let entry: i32 = -1;

/** Reads a policy into an arena of its own. Null after a failure, which is recorded. */
export function readPolicy(text: usize, length: u32): Policy | null {
  if (length > MAX_POLICY) {
    fail(Failure.POLICY, "policy refused: larger than 256 KiB");
    return null;
  }
  const arena = openArena(arenaBytes(length));
  if (arena == null) {
    fail(Failure.MEMORY, "no memory left for the policy");
    return null;
  }
  const policy = newPolicy(arena);
  entry = -1;
  reader.begin(text, length);
  if (readDocument(policy)) return policy;
  if (beginFailure(Failure.POLICY)) {
    say("policy refused: ");
    say(reader.problem);
    say(", at byte ");
    sayNumber(reader.offset);
  }
  closeArena(arena);
  return null;
}

/**
 * Enough for any document of this length: the costliest text is that of prefixes, where two bytes make a node; the
 * shortest entry of `paths` makes a prefix with its label from 42 bytes.
 */
function arenaBytes(length: u32): u32 {
  const fixed: u32 = offsetof<Policy>() + 2 * TAG_TABLE_BYTES + 4 * LABEL_BYTES + 2 * NODE_BYTES + 256;
  return fixed + length * 16;
}

function newPolicy(arena: Arena): Policy {
  const policy = changetype<Policy>(arena.take(offsetof<Policy>()));
  policy.arena = arena;
  policy.secrecyTags = newTagTable(arena);
  policy.integrityTags = newTagTable(arena);
  policy.agent = newLabel(arena);
  policy.standard = newLabel(arena);
  policy.strictest = newLabel(arena);
  policy.absoluteTree = newTree(arena);
  reserveTags(policy);
  return policy;
}

function readDocument(policy: Policy): bool {
  let found = false;
  if (!reader.object()) return false;
  while (reader.key()) {
    if (!reader.is("filesystem")) return unknownKey("top level");
    if (found) return fault("filesystem", "given twice");
    found = true;
    if (!readFilesystem(policy)) return false;
  }
  if (!reader.finish()) return false;
  return found || fault("filesystem", "missing");
}

function readFilesystem(policy: Policy): bool {
  const MODE = 1, AGENT = 2, PATHS = 4, DEFAULT = 8;
  let seen = 0;
  if (!reader.object()) return false;
  while (reader.key()) {
    if (reader.is("mode")) {
      if (!once(seen, MODE, "filesystem.mode") || !readMode(policy)) return false;
      seen |= MODE;
    } else if (reader.is("agent")) {
      if (!once(seen, AGENT, "filesystem.agent") || !readLabel(policy, policy.agent, Part.AGENT)) return false;
      seen |= AGENT;
    } else if (reader.is("paths")) {
      if (!once(seen, PATHS, "filesystem.paths") || !readPaths(policy)) return false;
      seen |= PATHS;
    } else if (reader.is("default")) {
      if (!once(seen, DEFAULT, "filesystem.default") || !readLabel(policy, policy.standard, Part.DEFAULT)) return false;
      seen |= DEFAULT;
    } else {
      return unknownKey("filesystem");
    }
  }
  if (reader.broken) return false;
  if ((seen & MODE) == 0) return fault("filesystem.mode", "missing");
  if ((seen & AGENT) == 0) return fault("filesystem.agent", "missing");
  if ((seen & PATHS) == 0) return fault("filesystem.paths", "missing");
  policy.hasDefault = (seen & DEFAULT) != 0;
  // Everything not listed is for nobody unless the policy says otherwise.
  if (!policy.hasDefault) policy.standard.set(policy.strictest);
  return true;
}

function readMode(policy: Policy): bool {
  if (!reader.string()) return false;
  if (reader.is("strict")) policy.mode = Mode.STRICT;
  else if (reader.is("filter")) policy.mode = Mode.FILTER;
  else if (reader.is("propagate")) policy.mode = Mode.PROPAGATE;
  else return fault("filesystem.mode", 'must be "strict", "filter" or "propagate"');
  return true;
}

/** The three kinds of objects that hold tags. */
const enum Part {
  AGENT,
  PATH,
  DEFAULT,
}

function partName(part: Part): string {
  if (part == Part.AGENT) return "filesystem.agent";
  return part == Part.DEFAULT ? "filesystem.default" : "filesystem.paths";
}

/** Reads an object with tags: `secrecy` and `integrity` always, `writable` and `prefix` where they belong. */
function readLabel(policy: Policy, label: Label, part: Part, prefix: Prefix | null = null): bool {
  const SECRECY = 1, INTEGRITY = 2, WRITABLE = 4, PREFIX = 8;
  const where = partName(part);
  let seen = 0;
  if (!reader.object()) return false;
  while (reader.key()) {
    if (reader.is("secrecy")) {
      if ((seen & SECRECY) != 0) return fault(where, "secrecy is given twice");
      if (!readTags(policy, reader, label, true)) return tagFault(where);
      seen |= SECRECY;
    } else if (reader.is("integrity")) {
      if ((seen & INTEGRITY) != 0) return fault(where, "integrity is given twice");
      if (!readTags(policy, reader, label, false)) return tagFault(where);
      seen |= INTEGRITY;
    } else if (part != Part.AGENT && reader.is("writable")) {
      if ((seen & WRITABLE) != 0) return fault(where, "writable is given twice");
      if (!reader.boolean()) return false;
      label.writable = reader.length == 1;
      seen |= WRITABLE;
    } else if (prefix != null && reader.is("prefix")) {
      if ((seen & PREFIX) != 0) return fault(where, "prefix is given twice");
      if (!readPrefix(policy, prefix)) return false;
      seen |= PREFIX;
    } else {
      return unknownKey(where);
    }
  }
  if (reader.broken) return false;
  // Labels are spelled out, empty ones too: leaving one away must not make a path public by accident.
  if ((seen & SECRECY) == 0) return fault(where, "secrecy is missing");
  if ((seen & INTEGRITY) == 0) return fault(where, "integrity is missing");
  if (prefix != null && (seen & PREFIX) == 0) return fault(where, "prefix is missing");
  return true;
}

function readPaths(policy: Policy): bool {
  const relativeTree = newTree(policy.arena);
  let last: Prefix | null = null;
  if (!reader.array()) return false;
  for (entry = 0; reader.element(); entry++) {
    if (entry == MAX_PREFIXES) {
      entry = -1;
      return fault("filesystem.paths", "more than 1024 entries");
    }
    const prefix = changetype<Prefix>(policy.arena.take(offsetof<Prefix>()));
    prefix.label = newLabel(policy.arena);
    if (!readLabel(policy, prefix.label, Part.PATH, prefix)) return false;
    if (!place(policy, prefix, prefix.relative ? relativeTree : policy.absoluteTree)) return false;
    if (last == null) policy.prefixes = prefix;
    else last.next = prefix;
    last = prefix;
  }
  entry = -1;
  return !reader.broken;
}

/** Enters a prefix into a tree, which finds the ones that would fight over a path. */
function place(policy: Policy, prefix: Prefix, tree: PrefixNode): bool {
  const node = growPath(policy.arena, tree, prefix.text, prefix.length);
  if (node == null) {
    return fault("filesystem.paths", "prefix has a name that some file systems take for a name in another one");
  }
  if (node.label != null) return fault("filesystem.paths", "prefix is given twice");
  node.label = prefix.label;
  return true;
}

function readPrefix(policy: Policy, prefix: Prefix): bool {
  if (!reader.string()) return false;
  const text = policy.arena.take(reader.length);
  const length = decodeString(reader.text, reader.length, text);
  const complaint = prefixComplaint(text, length);
  if (complaint.length > 0) return fault("filesystem.paths", complaint);
  prefix.text = text;
  prefix.length = length;
  prefix.relative = load<u8>(text) != 0x2f;
  if (prefix.relative) policy.hasRelative = true;
  // A slash at the end says "directory" and means nothing else; `/` and `.` are the top of their tree.
  if (load<u8>(text + length - 1) == 0x2f || (length == 1 && load<u8>(text) == 0x2e)) prefix.length--;
  return true;
}

function once(seen: i32, bit: i32, name: string): bool {
  return (seen & bit) == 0 || fault(name, "given twice");
}

/** Records what is wrong and where. Answers false. */
function fault(where: string, complaint: string): bool {
  if (beginFailure(Failure.POLICY)) {
    say("policy refused: ");
    sayWhere(where);
    say(": ");
    say(complaint);
  }
  return false;
}

function unknownKey(where: string): bool {
  fault(where, "unknown key ");
  quote(reader.text, reader.length);
  return false;
}

/** A tag says itself what is wrong with it, but does not know where it stands. */
function tagFault(where: string): bool {
  if (hasFailed()) {
    say(", in ");
    sayWhere(where);
  }
  return false;
}

function sayWhere(where: string): void {
  say(where);
  if (entry < 0) return;
  say("[");
  sayNumber(entry);
  say("]");
}
