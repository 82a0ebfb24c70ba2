import { Arena } from "./arena";
import { clearSet, copySet, intersectSet, sameSet, SET_BYTES, TagSet, uniteSet } from "./tag-set";

/** Bytes of a label in an arena. */
export const LABEL_BYTES: u32 = ((offsetof<Label>() + 7) & ~7) + 2 * SET_BYTES;

/** What a path carries: tags of both flavours, and whether agents may write there at all. */
@unmanaged
export class Label {
  writable: bool;

  get secrecy(): TagSet {
    return changetype<usize>(this) + ((offsetof<Label>() + 7) & ~7);
  }

  get integrity(): TagSet {
    return this.secrecy + SET_BYTES;
  }

  clear(): void {
    this.writable = false;
    clearSet(this.secrecy);
    clearSet(this.integrity);
  }

  set(from: Label): void {
    this.writable = from.writable;
    copySet(this.secrecy, from.secrecy);
    copySet(this.integrity, from.integrity);
  }

  /** Becomes the label of what was made from both: as secret as each of them, as trustworthy as the worse. */
  join(from: Label): void {
    this.writable = this.writable && from.writable;
    uniteSet(this.secrecy, from.secrecy);
    intersectSet(this.integrity, from.integrity);
  }

  /** Whether the tags of both flavours are the same. */
  sameTags(other: Label): bool {
    return sameSet(this.secrecy, other.secrecy) && sameSet(this.integrity, other.integrity);
  }
}

/** A label without tags that nobody may write to, in the arena. */
export function newLabel(arena: Arena): Label {
  return changetype<Label>(arena.take(LABEL_BYTES));
}
