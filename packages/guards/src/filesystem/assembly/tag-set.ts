/** A set of tags: one bit for each number that {@link TagTable} gave out. */
export type TagSet = usize;

/** Distinct tags of one flavour in a policy, the guard's own among them. */
export const MAX_TAGS: i32 = 512;
/** Bytes of a set. */
export const SET_BYTES: u32 = 64;

export function clearSet(set: TagSet): void {
  memory.fill(set, 0, SET_BYTES);
}

export function copySet(to: TagSet, from: TagSet): void {
  memory.copy(to, from, SET_BYTES);
}

export function addToSet(set: TagSet, tag: i32): void {
  const word = set + ((<usize>tag >> 6) << 3);
  store<u64>(word, load<u64>(word) | (1 << <u64>(tag & 63)));
}

export function setHas(set: TagSet, tag: i32): bool {
  return ((load<u64>(set + ((<usize>tag >> 6) << 3)) >> <u64>(tag & 63)) & 1) != 0;
}

export function uniteSet(into: TagSet, from: TagSet): void {
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(into + i, load<u64>(into + i) | load<u64>(from + i));
}

export function intersectSet(into: TagSet, from: TagSet): void {
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(into + i, load<u64>(into + i) & load<u64>(from + i));
}

export function sameSet(a: TagSet, b: TagSet): bool {
  return memory.compare(a, b, SET_BYTES) == 0;
}
