import { DifcError } from "../error.js";
import { type Json, MAX_JSON_DEPTH } from "../json/json.js";
import { arrayIndex, resolvePointer } from "../json/json-pointer.js";
import { type DescribedLabels, joinLabels } from "../labels/labels.js";
import type { PathEntry } from "./response-labels.js";

/**
 * Tags of the base labels that are joined with entries, over all items. The only labels that cost more than was written for
 * them: a guard names them once, and they count for each item.
 */
const MAX_REPEATED_TAGS = 1_000_000;

/** Steps that are taken through documents in search of what entries point at: all entries times all documents. */
const MAX_STEPS = 20_000_000;

/** The entries about one thing: those about all of it, and those about something in it. */
interface Found {
  readonly exact: DescribedLabels[];
  readonly nested: DescribedLabels[];
}

/**
 * Labels of each item of the array at `prefix`. Where several entries are about one item, or about something in it, it
 * gets what they say together (W5). An item without an entry of its own gets `base`.
 *
 * @throws DifcError `UNMATCHED_LABELS` for an entry that points at no item, nor at anything in one; `INVALID_LABELS` for a
 * `base` of many tags to which the entries of many items add
 */
export function labelItems(
  items: readonly Json[],
  prefix: readonly string[],
  entries: readonly PathEntry[],
  base: DescribedLabels,
): readonly DescribedLabels[] {
  const labels = Array.from(items, () => base);
  const several = new Map<number, Found>();
  for (const [number, entry] of entries.entries()) {
    const { index, isExact } = locate(items, prefix, entry.tokens) ?? unmatched(number);
    const others = several.get(index);
    if (others !== undefined) {
      (isExact ? others.exact : others.nested).push(entry.labels);
    } else if (isExact && labels[index] === base) {
      labels[index] = entry.labels;
    } else {
      const exact = labels[index] === base ? [] : [labels[index] as DescribedLabels];
      several.set(
        index,
        isExact ? { exact: [...exact, entry.labels], nested: [] } : { exact, nested: [entry.labels] },
      );
    }
  }
  const repeated = [...several.values()].filter(({ exact }) => exact.length === 0).length;
  if (repeated * (base.secrecy.tags.length + base.integrity.tags.length) > MAX_REPEATED_TAGS) {
    throw new DifcError(
      "INVALID_LABELS",
      `more than ${MAX_REPEATED_TAGS} tags are to be joined with entries`,
    );
  }
  for (const [index, found] of several) labels[index] = together(found, base);
  return labels;
}

/** The item that an entry points at, or into; undefined when it does neither. */
function locate(
  items: readonly Json[],
  prefix: readonly string[],
  tokens: readonly string[],
): { readonly index: number; readonly isExact: boolean } | undefined {
  const token = tokens[prefix.length];
  if (token === undefined || prefix.some((step, i) => step !== tokens[i])) return undefined;
  const index = arrayIndex(token, items.length);
  if (index === undefined) return undefined;
  const isExact = tokens.length === prefix.length + 1;
  if (isExact) return { index, isExact };
  const inside = resolvePointer(items[index] as Json, tokens.slice(prefix.length + 1));
  return inside === undefined ? undefined : { index, isExact };
}

/**
 * Labels of a response that is one item, to which entries point with the empty path, or at something in `documents`.
 *
 * @throws DifcError `UNMATCHED_LABELS` for an entry that points at nothing; `INVALID_LABELS` for so many entries that
 * finding out would take seconds
 */
export function labelWhole(
  documents: readonly Json[],
  entries: readonly PathEntry[],
  base: DescribedLabels,
): DescribedLabels {
  let left = MAX_STEPS;
  for (const [number, { tokens }] of entries.entries()) {
    left -= Math.min(tokens.length, MAX_JSON_DEPTH) * documents.length;
    if (left < 0) throw new DifcError("INVALID_LABELS", "paths are too many and too long for the response");
    if (documents.every((document) => resolvePointer(document, tokens) === undefined))
      throw unmatched(number);
  }
  const isExact = ({ tokens }: PathEntry) => tokens.length === 0;
  return together(
    {
      exact: entries.filter(isExact).map(({ labels }) => labels),
      nested: entries.filter((entry) => !isExact(entry)).map(({ labels }) => labels),
    },
    base,
  );
}

/** What is said of something in an item adds to what is said of the item. It never replaces it. */
function together({ exact, nested }: Found, base: DescribedLabels): DescribedLabels {
  const all = [...(exact.length > 0 ? exact : [base]), ...nested];
  const [first = base] = all;
  if (all.length === 1) return first;
  const { description } = first;
  return { ...joinLabels(all), ...(description === undefined ? {} : { description }) };
}

function unmatched(number: number): never {
  throw new DifcError("UNMATCHED_LABELS", `paths/${number} points at no item of the response`);
}
