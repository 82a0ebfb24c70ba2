import { DifcError } from "../error.js";
import type { Json } from "../json/json.js";
import { type DescribedLabels, joinLabels } from "../labels/labels.js";
import { type Collection, findCollection, findOnlyCollection } from "./collection.js";
import { documentsOf, isOneThing, type ResultDocuments, type ResultFormat } from "./documents.js";
import { labelItems, labelWhole } from "./label-items.js";
import type { FineLabels } from "./response-labels.js";

/** Labels of a part; or that the guard shows nothing of it, whatever its labels (W3). */
export type PartLabels = DescribedLabels | "hidden";

/** The parts of a response, which are judged one by one. */
export type Layout = WholeLayout | ItemsLayout;

/** All of the response is one part. */
export interface WholeLayout {
  readonly kind: "whole";
  readonly labels: PartLabels;
}

/** The response has items, and more around them. */
export interface ItemsLayout {
  readonly kind: "items";
  readonly collection: Collection;
  /** Labels of the items, in their order. */
  readonly items: readonly PartLabels[];
  /** What stands around the items in their own document: the resource's labels are about that. */
  readonly rest: DescribedLabels;
  /** Everything else. The guard tells none of it apart, so all that it says is about that, what fits no item included. */
  readonly surroundings: PartLabels;
}

/**
 * Takes a result apart by what the guard says about it. What no label is about carries the labels of the resource.
 *
 * @throws DifcError `UNMATCHED_LABELS` when labels fit nothing, or more than one thing
 */
export function layOut(
  result: Json,
  format: ResultFormat,
  labels: FineLabels,
  resource: DescribedLabels,
): Layout {
  const documents = documentsOf(result, format);
  return labels.kind === "paths"
    ? layOutByPath(documents, labels, resource)
    : layOutByPosition(documents, labels.items, resource);
}

function layOutByPath(
  documents: ResultDocuments,
  { itemsPath, entries, defaults }: FineLabels & { readonly kind: "paths" },
  resource: DescribedLabels,
): Layout {
  const base = defaults ?? resource;
  const collection = findCollection(documents, itemsPath);
  if (collection !== undefined) {
    const items = labelItems(collection.items, itemsPath, entries, base);
    return {
      kind: "items",
      collection,
      items,
      rest: resource,
      surroundings: joinLabels([resource, base, ...items]),
    };
  }
  if (itemsPath.length > 0) {
    throw new DifcError("UNMATCHED_LABELS", "itemsPath leads to no array in a document of the response");
  }
  const values = [...documents.embedded, documents.outer].map(({ value }) => value);
  return asWhole(documents, [labelWhole(values, entries, base)], [resource, base]);
}

/**
 * Labels by position count the backend's own items, never the guard's copies of them. They say nothing of where the items
 * are, so nothing around them is told apart.
 */
function layOutByPosition(
  documents: ResultDocuments,
  items: readonly (DescribedLabels | undefined)[],
  resource: DescribedLabels,
): Layout {
  const collection = findOnlyCollection(documents);
  if (items.length === 0) {
    // A guard that lists nothing shows nothing (W3).
    if (collection === undefined) return { kind: "whole", labels: "hidden" };
    const hidden = Array.from(collection.items, () => "hidden" as const);
    const surroundings = hidden.length > 0 ? "hidden" : resource;
    return { kind: "items", collection, items: hidden, rest: resource, surroundings };
  }
  const labels = items.map((item) => item ?? resource);
  if (collection?.items.length === labels.length) {
    return {
      kind: "items",
      collection,
      items: labels,
      rest: resource,
      surroundings: joinLabels([resource, ...labels]),
    };
  }
  // Which label is about which item is anybody's guess, so all of them are about all of it.
  const isShort = collection !== undefined && collection.items.length > labels.length;
  return asWhole(documents, isShort ? [...labels, resource] : labels, [resource]);
}

/** Labels of everything. Where there is more than one thing, the guard need not have looked at all of it (W12). */
function asWhole(
  documents: ResultDocuments,
  labels: readonly DescribedLabels[],
  unseen: readonly DescribedLabels[],
): WholeLayout {
  const all = isOneThing(documents) ? labels : [...labels, ...unseen];
  const [only] = all;
  return { kind: "whole", labels: all.length === 1 && only !== undefined ? only : joinLabels(all) };
}
