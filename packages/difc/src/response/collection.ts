import { DifcError } from "../error.js";
import { equalJson, isJsonObject, type Json } from "../json/json.js";
import { resolvePointer } from "../json/json-pointer.js";
import type { ResultDocument, ResultDocuments } from "./documents.js";
import { repeatsItems } from "./repeats-items.js";

/** A document that holds the items that labels are about. */
export interface ItemsDocument extends ResultDocument {
  /** Reference tokens of the array that holds them. */
  readonly path: readonly string[];
  /**
   * Whether the guard has told the items from what stands around them here. It has not where that says one of them again;
   * nor in a second document that holds them, unless it is like the first; nor in a tool result as a whole, which says
   * everything twice; nor by labels that only count.
   */
  readonly isToldApart: boolean;
}

/** The items that labels are about, and every document that holds them. */
export interface Collection {
  readonly items: readonly Json[];
  /** The first is the one that labels were matched with. */
  readonly documents: readonly [ItemsDocument, ...ItemsDocument[]];
}

/**
 * Finds the array that `path` leads to, in whichever document. The same array in several documents is one collection.
 * Undefined when there is none.
 *
 * @throws DifcError `UNMATCHED_LABELS` when `path` leads to different arrays: nobody knows which of them is meant
 */
export function findCollection(documents: ResultDocuments, path: readonly string[]): Collection | undefined {
  const { embedded, outer } = documents;
  const hits = embedded.filter(({ value }) => Array.isArray(resolvePointer(value, path)));
  if (!Array.isArray(resolvePointer(outer.value, path))) {
    return collect(
      embedded,
      hits.map((hit) => ({ ...hit, path })),
      ambiguous,
    );
  }
  if (hits.length > 0) return ambiguous();
  // A guard sees the whole result, and may name structured content by its place in it.
  const structured = embedded.find(({ place }) => place === path[0]);
  if (structured !== undefined) return collect(embedded, [{ ...structured, path: path.slice(1) }], ambiguous);
  const isToldApart = documents.format === "document" && !repeatsItems(outer.value, path);
  return {
    items: resolvePointer(outer.value, path) as readonly Json[],
    documents: [{ ...outer, path, isToldApart }],
  };
}

/**
 * Finds the array that labels by position can be about: a document itself, or the only array directly in it. Undefined
 * when there is none, or more than one.
 */
export function findOnlyCollection({ embedded, outer, format }: ResultDocuments): Collection | undefined {
  const hits = (format === "document" ? [outer] : embedded).flatMap((document) => {
    const path = pathOfOnlyArray(document.value);
    return path === undefined ? [] : [{ ...document, path }];
  });
  const collection = collect(embedded, hits, () => undefined);
  if (collection === undefined) return undefined;
  const [first, ...others] = collection.documents;
  const untold = (document: ItemsDocument): ItemsDocument => ({ ...document, isToldApart: false });
  return { items: collection.items, documents: [untold(first), ...others.map(untold)] };
}

function pathOfOnlyArray(value: Json): readonly string[] | undefined {
  if (Array.isArray(value)) return [];
  if (!isJsonObject(value)) return undefined;
  const keys = Object.keys(value).filter((key) => Array.isArray(value[key]));
  return keys.length === 1 ? keys : undefined;
}

/** Structured content has to be an object, so SDKs put whatever else a tool returns into one. */
const WRAPPER = "result";

type Hit = Omit<ItemsDocument, "isToldApart">;

/** The collection that all `hits` hold, in them and in all documents that mirror it. */
function collect(
  documents: readonly ResultDocument[],
  hits: readonly Hit[],
  onDisagreement: () => undefined,
): Collection | undefined {
  const [first, ...others] = hits;
  if (first === undefined) return undefined;
  const items = resolvePointer(first.value, first.path) as readonly Json[];
  if (others.some(({ value, path }) => !equalJson(items, resolvePointer(value, path) as Json))) {
    return onDisagreement();
  }
  const places = new Set(hits.map(({ place }) => place));
  const mirrors = documents
    .filter(({ place }) => !places.has(place))
    .flatMap((document) => mirrorOf(document, first.path, items));
  const isToldApart = !repeatsItems(first.value, first.path);
  const seconds = [...others, ...mirrors].map((hit) => ({
    ...hit,
    isToldApart: isToldApart && equalJson(hit.value, first.value),
  }));
  return { items, documents: [{ ...first, isToldApart }, ...seconds] };
}

/** Where `document` holds the same items: at the same path, or as a whole; in a wrapper, too, as SDKs make them. */
function mirrorOf(document: ResultDocument, path: readonly string[], items: readonly Json[]): readonly Hit[] {
  const candidates = [path, [], [WRAPPER, ...path], [WRAPPER]];
  const found = candidates.find((candidate) => {
    const value = resolvePointer(document.value, candidate);
    return Array.isArray(value) && equalJson(value, items);
  });
  return found === undefined ? [] : [{ ...document, path: found }];
}

function ambiguous(): never {
  throw new DifcError(
    "UNMATCHED_LABELS",
    "the labels fit more than one document of the response, and these differ",
  );
}
