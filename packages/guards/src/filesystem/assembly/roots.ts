import { BUFFER_TOO_SMALL, callBackend, Failure } from "./abi";
import { Arena, closeArena, openArena } from "./arena";
import { fail } from "./failure";
import { allocate, release } from "./heap";
import { JsonReader } from "./json-reader";
import { decodeString } from "./json-string";
import { MAX_PATH } from "./path";
import { Policy, Prefix } from "./policy";
import { growPath, MAX_COMPONENTS, nameEnd, nameStart, newTree, NODE_BYTES, PrefixNode } from "./prefix-tree";
import { soleText } from "./tool-result";
import { isControl, putLiteral, sameBytes, spells } from "./text";

/**
 * The allowed directories of the server, and what relative prefixes mean there.
 *
 * Asked for once under each policy, by the first call that needs them. A server that changes them later is not
 * followed: the guard must stay a function of its policy, its input and one answer of the backend.
 */

/** Bytes for the first attempt at the answer. */
const FIRST_BUFFER: i32 = 16_384;
/** Bytes of an answer that is still believed. */
const MAX_ANSWER: i32 = 1_048_576;
const MAX_ROOTS: i32 = 64;
const HEADING: string = "Allowed directories:";

const reader = changetype<JsonReader>(memory.data(offsetof<JsonReader>()));
const request: usize = memory.data(32);

/** One allowed directory: a normal path, empty for `/`. */
@unmanaged
export class Root {
  text: usize;
  length: i32;
  next: Root | null;
}

@unmanaged
export class Roots {
  arena: Arena;
  /** In the server's order. */
  first: Root;
  /** All prefixes, the relative ones below each root. */
  tree: PrefixNode;
}

/** The roots under this policy. Null after a failure; the next call asks again. */
export function learnRoots(policy: Policy): Roots | null {
  if (policy.roots == null) askForRoots(policy);
  return policy.roots;
}

function askForRoots(policy: Policy): bool {
  let capacity = FIRST_BUFFER;
  for (let attempt = 0; attempt < 2; attempt++) {
    const buffer = allocate(capacity);
    if (buffer == 0) return fail(Failure.MEMORY, "no memory left for the answer of list_allowed_directories");
    const length = ask(buffer, capacity);
    let learnt = false;
    if (length >= 0 && length <= capacity) learnt = readAnswer(policy, buffer, length);
    const needed = load<i32>(buffer);
    release(buffer);
    if (length >= 0) {
      return learnt || fail(Failure.BACKEND, "the backend's answer to list_allowed_directories is not understood");
    }
    if (length != BUFFER_TOO_SMALL || needed <= capacity || needed > MAX_ANSWER) break;
    capacity = needed;
  }
  return fail(
    Failure.BACKEND,
    "the backend does not answer list_allowed_directories, which relative paths need: let the guard call it",
  );
}

/** Whether a normal path lies in an allowed directory. */
export function isAllowed(roots: Roots, path: usize, length: i32): bool {
  let root: Root | null = roots.first;
  while (root != null) {
    if (contains(root, path, length)) return true;
    root = root.next;
  }
  return false;
}

function contains(root: Root, path: usize, length: i32): bool {
  const size = root.length;
  if (length < size || !sameBytes(path, size, root.text, size)) return false;
  return length == size || load<u8>(path + size) == 0x2f;
}

function ask(buffer: usize, capacity: i32): i32 {
  const length = putLiteral(request, "list_allowed_directories");
  putLiteral(request + length, "{}");
  return callBackend(request, length, request + length, 2, buffer, capacity);
}

/** Reads a tool result whose text is a heading and one directory per line. */
function readAnswer(policy: Policy, answer: usize, size: i32): bool {
  reader.begin(answer, size);
  if (!soleText(reader)) return false;
  // In place: decoded text is never longer.
  const text = reader.text;
  const length = decodeString(text, reader.length, text);
  if (length < 0) return false;
  const heading = lineEnd(text, 0, length);
  if (!spells(text, heading, HEADING)) return false;
  const arena = openArena(arenaBytes(policy, text, heading, length));
  if (arena == null) return fail(Failure.MEMORY, "no memory left for the allowed directories");
  const roots = changetype<Roots>(arena.take(offsetof<Roots>()));
  roots.arena = arena;
  roots.tree = newTree(arena);
  if (readRoots(roots, text, heading, length) && plantPrefixes(policy, roots)) {
    policy.roots = roots;
    return true;
  }
  closeArena(arena);
  return false;
}

/** Room for the roots, and for a node for every name in them, in prefixes, and in relative prefixes below each root. */
function arenaBytes(policy: Policy, text: usize, heading: i32, length: i32): u32 {
  let lines: u32 = 0;
  for (let at = heading; at < length && lines < <u32>MAX_ROOTS; at = lineEnd(text, at + 1, length)) lines++;
  // A name in the answer takes two bytes there.
  let names: u32 = 1 + length / 2;
  let prefix = policy.prefixes;
  while (prefix != null) {
    names += <u32>countNames(prefix.text, prefix.length) * (prefix.relative ? lines : 1);
    prefix = prefix.next;
  }
  return offsetof<Roots>() + 64 + lines * (offsetof<Root>() + 16) + length + names * NODE_BYTES;
}

function readRoots(roots: Roots, text: usize, heading: i32, length: i32): bool {
  let count = 0;
  let last: Root | null = null;
  for (let at = heading; at < length; count++) {
    const start = at + 1;
    at = lineEnd(text, start, length);
    if (count == MAX_ROOTS || !isNormal(text + start, at - start)) return false;
    // The file system's root is "/" on the line and no names at all in a normal path.
    const size = at - start == 1 ? 0 : at - start;
    // The server lists a directory twice that it was given twice, or under two names.
    if (last != null && hasRoot(roots, text + start, size)) continue;
    const root = changetype<Root>(roots.arena.take(offsetof<Root>()));
    root.length = size;
    root.text = roots.arena.take(size);
    memory.copy(root.text, text + start, size);
    if (last == null) roots.first = root;
    else last.next = root;
    last = root;
  }
  return count > 0;
}

function hasRoot(roots: Roots, path: usize, length: i32): bool {
  let root: Root | null = roots.first;
  while (root != null) {
    if (sameBytes(root.text, root.length, path, length)) return true;
    root = root.next;
  }
  return false;
}

/** Builds the tree of all prefixes. False if two of them turn out to be one, or nearly. */
function plantPrefixes(policy: Policy, roots: Roots): bool {
  let prefix = policy.prefixes;
  while (prefix != null) {
    if (!(prefix.relative ? plantBelowRoots(roots, prefix) : plant(roots, roots.tree, prefix))) return false;
    prefix = prefix.next;
  }
  return true;
}

function plantBelowRoots(roots: Roots, prefix: Prefix): bool {
  let root: Root | null = roots.first;
  while (root != null) {
    if (!plant(roots, growPath(roots.arena, roots.tree, root.text, root.length), prefix)) return false;
    root = root.next;
  }
  return true;
}

function plant(roots: Roots, from: PrefixNode | null, prefix: Prefix): bool {
  let node: PrefixNode | null = null;
  if (from != null) node = growPath(roots.arena, from, prefix.text, prefix.length);
  if (node == null || node.label != null) {
    return fail(Failure.BACKEND, "the allowed directories make two prefixes of the policy one and the same, or nearly");
  }
  node.label = prefix.label;
  return true;
}

/** Whether a line is a path of POSIX in normal form. Anything else, a drive letter for one, is beyond this guard. */
function isNormal(path: usize, length: i32): bool {
  if (length < 1 || length > MAX_PATH || load<u8>(path) != 0x2f) return false;
  if (length == 1) return true;
  if (load<u8>(path + length - 1) == 0x2f || countNames(path, length) > MAX_COMPONENTS) return false;
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(path + i);
    if (isControl(byte) || byte == 0x5c || (byte == 0x2f && i > 0 && load<u8>(path + i - 1) == 0x2f)) return false;
  }
  for (let at = nameStart(path, 0, length); at < length; ) {
    const end = nameEnd(path, at, length);
    if (spells(path + at, end - at, ".") || spells(path + at, end - at, "..")) return false;
    at = nameStart(path, end, length);
  }
  return true;
}

function countNames(path: usize, length: i32): i32 {
  let count = 0;
  for (let at = nameStart(path, 0, length); at < length; count++) {
    at = nameStart(path, nameEnd(path, at, length), length);
  }
  return count;
}

/** Where the line that begins at `at` ends: at a line feed or at the end. */
function lineEnd(text: usize, at: i32, length: i32): i32 {
  let end = at;
  while (end < length && load<u8>(text + end) != 0x0a) end++;
  return end;
}
