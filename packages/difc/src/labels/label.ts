import { DifcError } from "../error.js";

/** How {@link Label.all} is written in JSON. In tags from a guard it means nothing, and is refused (W19). */
export const WILDCARD = "*";

/**
 * An immutable set of tags, equal to another by its tags alone. Tags are opaque strings, compared code unit by code
 * unit.
 *
 * Labels form a complete lattice by inclusion, with {@link Label.none} at the bottom and {@link Label.all} at the top.
 */
export class Label implements Iterable<string> {
  /** No tag at all. */
  static readonly none: Label = new Label([]);
  /** Every tag there is or will be. Only configuration may ask for it, by naming this constant. */
  static readonly all: Label = new Label([WILDCARD]);

  /** The tags in a stable order, each once; `["*"]` for {@link Label.all}. Frozen. */
  readonly tags: readonly string[];

  private constructor(sorted: readonly string[]) {
    this.tags = Object.freeze(sorted);
    Object.freeze(this);
  }

  /**
   * A label of these tags, whoever wrote them.
   *
   * @throws DifcError `INVALID_LABELS` for a tag that is no string, no well-formed Unicode, or the wildcard
   */
  static of(...tags: readonly string[]): Label {
    return Label.from(tags);
  }

  /** Like {@link Label.of}, for a list of any length. `where` begins the error's message. */
  static from(tags: Iterable<unknown>, where = "a label"): Label {
    const checked: readonly unknown[] = [...tags];
    assertTags(checked, where);
    return Label.#ofStrings(checked);
  }

  /**
   * A label from trusted JSON, such as {@link Label.toJSON} writes and a store keeps: `["*"]` is {@link Label.all}.
   *
   * @throws DifcError `INVALID_LABELS`
   */
  static fromJSON(json: unknown, where = "a label"): Label {
    if (!Array.isArray(json)) throw new DifcError("INVALID_LABELS", `${where} must be a list of tags`);
    return json.length === 1 && json[0] === WILDCARD ? Label.all : Label.from(json, where);
  }

  /** The smallest label that includes each of `labels`; none for none. */
  static union(labels: Iterable<Label>): Label {
    // By identity first: thousands of items often share one label.
    const distinct = [...new Set(labels)];
    if (distinct.includes(Label.all)) return Label.all;
    const [only] = distinct;
    if (distinct.length === 1 && only !== undefined) return only;
    return Label.#ofStrings(distinct.flatMap(({ tags }) => tags));
  }

  /** The largest label that each of `labels` includes; all for none. */
  static intersection(labels: Iterable<Label>): Label {
    let common = Label.all;
    for (const label of new Set(labels)) common = common.intersect(label);
    return common;
  }

  static #ofStrings(tags: readonly string[]): Label {
    if (tags.length === 0) return Label.none;
    return new Label(tags.length === 1 ? tags : [...new Set(tags)].sort());
  }

  /** How many tags there are; Infinity for {@link Label.all}. */
  get size(): number {
    return this === Label.all ? Number.POSITIVE_INFINITY : this.tags.length;
  }

  /** Whether `tag` is in the label. Takes logarithmic time. */
  has(tag: string): boolean {
    if (this === Label.all) return true;
    let low = 0;
    let high = this.tags.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.tags[middle] as string) < tag) low = middle + 1;
      else high = middle;
    }
    return this.tags[low] === tag;
  }

  /** Whether `other` has every tag of this label. */
  isSubsetOf(other: Label): boolean {
    return this === other || (this.size <= other.size && this.tags.every((tag) => other.has(tag)));
  }

  /** The tags that `other` lacks, in order; `["*"]` when this is {@link Label.all} and `other` is not. */
  without(other: Label): readonly string[] {
    if (other === Label.all) return [];
    return this === Label.all ? this.tags : this.tags.filter((tag) => !other.has(tag));
  }

  /** The tags of both labels together. */
  union(other: Label): Label {
    return Label.union([this, other]);
  }

  /** The tags that both labels have. */
  intersect(other: Label): Label {
    const [small, large] = this.size <= other.size ? [this, other] : [other, this];
    if (small.isSubsetOf(large)) return small;
    return Label.#ofStrings(small.tags.filter((tag) => large.has(tag)));
  }

  /** Whether both labels have the same tags. */
  equals(other: Label): boolean {
    return this.size === other.size && this.isSubsetOf(other);
  }

  /** What {@link Label.fromJSON} reads. */
  toJSON(): readonly string[] {
    return this.tags;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.tags[Symbol.iterator]();
  }
}

function assertTags(tags: readonly unknown[], where: string): asserts tags is readonly string[] {
  const index = tags.findIndex((tag) => !isTag(tag));
  if (index === -1) return;
  const problem =
    tags[index] === WILDCARD
      ? "is the wildcard, which only configuration may use, by naming Label.all"
      : "must be a string of well-formed Unicode, which is what tags are";
  throw new DifcError("INVALID_LABELS", `${where}/${index} ${problem}`);
}

/** Ill-formed tags are none: two of them can become one on their way through UTF-8, for instance into a store. */
function isTag(tag: unknown): tag is string {
  return typeof tag === "string" && tag !== WILDCARD && tag.isWellFormed();
}
