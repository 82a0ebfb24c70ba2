import { DifcError } from "../error.js";
import { parsePointer } from "../json/json-pointer.js";
import type { DescribedLabels } from "../labels/labels.js";
import { type KnownLabels, type LabelsInput, readLabels } from "../labels/read-labels.js";

/** What a guard says about a response. What `@guardhost/core` decodes fits. */
export type ResponseLabels =
  /** Nothing: the whole response carries the labels of the resource. */
  | { readonly kind: "unlabeled" }
  /** Labels of items, each found by its JSON pointer. */
  | {
      readonly kind: "paths";
      readonly paths: readonly { readonly path: string; readonly labels: LabelsInput }[];
      /** For items without an entry of their own. */
      readonly defaults?: LabelsInput | undefined;
      /** JSON pointer of the array whose elements are the items. */
      readonly itemsPath?: string | undefined;
    }
  /** Labels of items by position, the older format. */
  | { readonly kind: "items"; readonly items: readonly { readonly labels?: LabelsInput | undefined }[] };

/** One entry of path labels. */
export interface PathEntry {
  readonly tokens: readonly string[];
  readonly labels: DescribedLabels;
}

/** Labels of parts of a response, read and found to be in order. */
export type FineLabels =
  | {
      readonly kind: "paths";
      readonly entries: readonly PathEntry[];
      readonly defaults: DescribedLabels | undefined;
      readonly itemsPath: readonly string[];
    }
  | { readonly kind: "items"; readonly items: readonly (DescribedLabels | undefined)[] };

/**
 * Reads what a guard says about a response.
 *
 * @throws DifcError `INVALID_LABELS`
 */
export function readResponseLabels(labels: ResponseLabels): FineLabels | { readonly kind: "unlabeled" } {
  const known: KnownLabels = new Map();
  switch (labels?.kind) {
    case "unlabeled":
      return { kind: "unlabeled" };
    case "paths":
      return {
        kind: "paths",
        entries: readList(labels.paths, "paths", ({ path, labels: own }) => ({
          tokens: readPointer(path, "path"),
          labels: readLabels(own, known),
        })),
        defaults: labels.defaults === undefined ? undefined : readLabels(labels.defaults, known),
        itemsPath: labels.itemsPath === undefined ? [] : readPointer(labels.itemsPath, "itemsPath"),
      };
    case "items":
      return {
        kind: "items",
        items: readList(labels.items, "items", ({ labels: own }) =>
          own === undefined ? undefined : readLabels(own, known),
        ),
      };
    default:
      throw new DifcError("INVALID_LABELS", "labels of a response must be unlabeled, paths or items");
  }
}

/** Reads every element of a list, and says in the error which of them is not what it must be. */
function readList<T, U>(list: readonly T[], name: string, read: (element: T) => U): readonly U[] {
  if (!Array.isArray(list)) throw new DifcError("INVALID_LABELS", `${name} must be a list`);
  return Array.from(list as readonly T[], (element, i) => {
    try {
      if (typeof element !== "object" || element === null)
        throw new DifcError("INVALID_LABELS", "must be an object");
      return read(element);
    } catch (error) {
      throw DifcError.is(error) ? new DifcError(error.code, `${name}/${i}: ${error.message}`) : error;
    }
  });
}

function readPointer(text: string, name: string): readonly string[] {
  const tokens = typeof text === "string" ? parsePointer(text) : undefined;
  if (tokens === undefined) throw new DifcError("INVALID_LABELS", `${name} must be a JSON pointer`);
  return tokens;
}
