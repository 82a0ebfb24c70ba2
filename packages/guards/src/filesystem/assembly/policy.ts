import { Arena, closeArena } from "./arena";
import { Label } from "./label";
import { PrefixNode } from "./prefix-tree";
import { Roots } from "./roots";
import { TagTable } from "./tag-table";

/** Tags that no policy can name, so that no agent of this guard ever holds them. The numbers are the order of entry. */
export const enum ReservedSecrecy {
  /** On everything when the policy has no `default`: what was not listed is for nobody. */
  UNLISTED,
}

export const enum ReservedIntegrity {
  /** Demanded for writing where the policy says `writable: false`. */
  READ_ONLY,
  /** Demanded for calling a tool that the guard does not know. */
  UNKNOWN_TOOL,
  /** Demanded for a move between differently labelled places. */
  RELABELLING,
}

/** The `difc_mode` of a policy. */
export const enum Mode {
  STRICT,
  FILTER,
  PROPAGATE,
}

/** One entry of `paths`. */
@unmanaged
export class Prefix {
  /** Without a slash at the end; empty for `/` and for `.` */
  text: usize;
  length: i32;
  relative: bool;
  label: Label;
  next: Prefix | null;
}

/** A policy, and what was learnt from the backend while it is in force. */
@unmanaged
export class Policy {
  arena: Arena;
  mode: Mode;
  agent: Label;
  secrecyTags: TagTable;
  integrityTags: TagTable;
  /** The label of everything in no prefix: `default`, or the strictest. */
  standard: Label;
  hasDefault: bool;
  /** All secrecy, no integrity, not writable. */
  strictest: Label;
  /** In the order of the policy. */
  prefixes: Prefix | null;
  hasRelative: bool;
  absoluteTree: PrefixNode;
  /** Null until the backend was asked. */
  roots: Roots | null;
}

/** The policy in force; null before the first. */
let current: Policy | null = null;

export function currentPolicy(): Policy | null {
  return current;
}

/** Puts a policy in force and frees the one before. */
export function installPolicy(policy: Policy): void {
  const former = current;
  current = policy;
  if (former != null) freePolicy(former);
}

export function freePolicy(policy: Policy): void {
  const roots = policy.roots;
  if (roots != null) closeArena(roots.arena);
  closeArena(policy.arena);
}
