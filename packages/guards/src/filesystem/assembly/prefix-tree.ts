import { Arena } from "./arena";
import { Label } from "./label";
import { possiblySameName } from "./name-match";
import { sameBytes } from "./text";

/** Directories that a root or a prefix may be deep. Bounds every recursion over a tree. */
export const MAX_COMPONENTS: i32 = 128;

/** Bytes of a node in an arena. */
export const NODE_BYTES: u32 = (offsetof<PrefixNode>() + 7) & ~7;

const SLASH: u32 = 0x2f;

/** Which prefixes have a say in a label, besides the one that a path lies in. */
export const enum Scope {
  /** None. */
  SELF,
  /** Those that are entries of the directory. */
  ENTRIES,
  /** Those anywhere below. */
  BELOW,
}

/** A directory on the way to a prefix, or a prefix. The tree is what turns "longest prefix" into a walk. */
@unmanaged
export class PrefixNode {
  name: usize;
  length: i32;
  child: PrefixNode | null;
  sibling: PrefixNode | null;
  /** Set where a prefix ends. */
  label: Label | null;

  /** The child of exactly this name. */
  find(name: usize, length: i32): PrefixNode | null {
    let node = this.child;
    while (node != null && !sameBytes(node.name, node.length, name, length)) node = node.sibling;
    return node;
  }
}

/** The root of an empty tree. */
export function newTree(arena: Arena): PrefixNode {
  return changetype<PrefixNode>(arena.take(NODE_BYTES));
}

/**
 * The node of a path below `from`, made if it does not exist; the text must live as long as the tree.
 *
 * Null if some file systems could take a name for one beside it: what carries the stricter label could then be had
 * under the name with the weaker one.
 */
export function growPath(arena: Arena, from: PrefixNode, path: usize, length: i32): PrefixNode | null {
  let node = from;
  let at = nameStart(path, 0, length);
  while (at < length) {
    const end = nameEnd(path, at, length);
    let child = node.find(path + at, end - at);
    if (child == null) {
      let other = node.child;
      while (other != null) {
        if (possiblySameName(other.name, other.length, path + at, end - at)) return null;
        other = other.sibling;
      }
      child = newTree(arena);
      child.name = path + at;
      child.length = end - at;
      child.sibling = node.child;
      node.child = child;
    }
    node = child;
    at = nameStart(path, end, length);
  }
  return node;
}

/**
 * Sets `into` to the label of a normal path: that of the longest prefix it lies in, joined with those of longer ones
 * that it may lie in, and with those that the scope adds. Answers whether the scope added any.
 *
 * Where prefixes only may match, nothing is writable: a label that is stricter for readers is laxer for writers.
 */
export function lookUp(
  tree: PrefixNode, standard: Label, path: usize, length: i32, scope: Scope, into: Label,
): bool {
  let node = tree;
  const top = tree.label;
  if (top != null) into.set(top);
  else into.set(standard);
  let at = nameStart(path, 0, length);
  while (at < length) {
    const end = nameEnd(path, at, length);
    const child = node.find(path + at, end - at);
    if (child == null) return joinPossible(node, path, at, length, scope, into);
    node = child;
    const label = node.label;
    if (label != null) into.set(label);
    at = nameStart(path, end, length);
  }
  return joinBelow(node, scope, into);
}

/** Joins the labels of everything that the rest of the path, from `at`, may lie in below `node`. */
function joinPossible(
  node: PrefixNode, path: usize, at: i32, length: i32, scope: Scope, into: Label,
): bool {
  if (at >= length) return joinBelow(node, scope, into);
  const end = nameEnd(path, at, length);
  const next = nameStart(path, end, length);
  let below = false;
  let child = node.child;
  while (child != null) {
    if (possiblySameName(child.name, child.length, path + at, end - at)) {
      const label = child.label;
      if (label != null) {
        into.join(label);
        into.writable = false;
      }
      if (joinPossible(child, path, next, length, scope, into)) below = true;
    }
    child = child.sibling;
  }
  return below;
}

/** Joins the labels that the scope adds below `node`. */
function joinBelow(node: PrefixNode, scope: Scope, into: Label): bool {
  if (scope == Scope.SELF) return false;
  let below = false;
  let child = node.child;
  while (child != null) {
    const label = child.label;
    if (label != null) {
      into.join(label);
      below = true;
    }
    if (scope == Scope.BELOW && joinBelow(child, scope, into)) below = true;
    child = child.sibling;
  }
  return below;
}

/** Where the name at or after `at` begins; `length` if there is none. */
export function nameStart(path: usize, at: i32, length: i32): i32 {
  let start = at;
  while (start < length && load<u8>(path + start) == SLASH) start++;
  return start;
}

/** Where the name that begins at `at` ends. */
export function nameEnd(path: usize, at: i32, length: i32): i32 {
  let end = at;
  while (end < length && load<u8>(path + end) != SLASH) end++;
  return end;
}
