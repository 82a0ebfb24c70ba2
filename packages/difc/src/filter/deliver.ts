import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import type { Collection, ItemsDocument } from "../response/collection.js";
import { blocksOf, isFlag, isTextBlock, type Place } from "../response/documents.js";
import { type Cut, cutDocument, cutValueOf, hasRest } from "./cut-document.js";

/** What of a response with items is delivered. */
export interface Selection extends Pick<Cut, "keep" | "countKeys"> {
  /** Whether what stands around the items in their document is. */
  readonly keepRest: boolean;
  /** Whether everything else is. */
  readonly keepSurroundings: boolean;
}

type Counts = Pick<Cut, "keep" | "countKeys">;

/** Whether the document of the items holds more than them. */
export function hasOwnRest({ documents }: Collection, counts: Counts): boolean {
  return documents.some(({ isToldApart, value, path }) => isToldApart && hasRest(value, { ...counts, path }));
}

/** Whether a result holds anything else. Flags do not count. */
export function hasSurroundings(result: Json, { documents }: Collection, counts: Counts): boolean {
  if (
    documents.some((document) => !document.isToldApart && hasRest(document.value, { ...counts, ...document }))
  ) {
    return true;
  }
  const places = new Set<unknown>(documents.map(({ place }) => place));
  if (places.has("result") || !isJsonObject(result)) return false;
  return (
    blocksOf(result).some((block, i) => !places.has(i) || hasMoreThanText(block)) ||
    Object.entries(result).some(
      ([key, value]) => key !== "content" && !places.has(key) && !isFlag(key, value),
    )
  );
}

/** The result with what is delivered of it, everything in its place. */
export function deliver(result: Json, { documents }: Collection, selection: Selection): Json {
  const [first] = documents;
  if (first.place !== "result") return deliverEmbedded(result as JsonObject, documents, selection);
  const delivered = cutValueOf(first.value, cutOf(first, selection));
  // A tool result as a document is without its flags.
  if (first.value === result) return delivered;
  const flags = Object.entries(result as JsonObject).filter(([key, value]) => isFlag(key, value));
  return { ...(delivered as JsonObject), ...Object.fromEntries(flags) };
}

function deliverEmbedded(
  result: JsonObject,
  documents: readonly ItemsDocument[],
  selection: Selection,
): JsonObject {
  const { keepSurroundings } = selection;
  const byPlace = new Map<unknown, ItemsDocument>(documents.map((document) => [document.place, document]));
  const members = Object.entries(result).flatMap(([key, value]): readonly (readonly [string, Json])[] => {
    if (key === "content") return [[key, deliverBlocks(blocksOf(result), byPlace, selection)]];
    const document = byPlace.get(key);
    if (document !== undefined) return [[key, cutValueOf(value, cutOf(document, selection))]];
    return keepSurroundings || isFlag(key, value) ? [[key, value]] : [];
  });
  return Object.fromEntries(members);
}

function deliverBlocks(
  blocks: readonly Json[],
  byPlace: ReadonlyMap<unknown, ItemsDocument>,
  selection: Selection,
): readonly Json[] {
  const { keepSurroundings } = selection;
  return blocks.flatMap((block, i): readonly Json[] => {
    const document = byPlace.get(i satisfies Place);
    if (document === undefined || !isTextBlock(block)) return keepSurroundings ? [block] : [];
    const text = cutDocument(block.text, cutOf(document, selection));
    return [keepSurroundings ? { ...block, text } : { type: "text", text }];
  });
}

function cutOf({ path, isToldApart }: ItemsDocument, selection: Selection): Cut {
  const { keep, countKeys, keepRest, keepSurroundings } = selection;
  return { path, keep, countKeys, keepRest: isToldApart ? keepRest : keepSurroundings };
}

function hasMoreThanText(block: Json): boolean {
  return Object.keys(block as JsonObject).some((key) => key !== "type" && key !== "text");
}
