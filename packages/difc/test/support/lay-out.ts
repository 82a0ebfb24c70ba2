import type { Json } from "../../src/json/json.js";
import type { DescribedLabels } from "../../src/labels/labels.js";
import type { ResultFormat } from "../../src/response/documents.js";
import { type Layout, layOut } from "../../src/response/layout.js";
import {
  type FineLabels,
  type ResponseLabels,
  readResponseLabels,
} from "../../src/response/response-labels.js";
import { labelsOf } from "./arbitraries.js";

/** Labels of the resource that stand for "nobody has said anything". */
export const resource: DescribedLabels = labelsOf(["R"], ["r"]);

/** How a result falls apart by what a guard says. */
export function layOutOf(result: unknown, labels: ResponseLabels, format: ResultFormat = "document"): Layout {
  return layOut(result as Json, format, readResponseLabels(labels) as FineLabels, resource);
}

/**
 * A layout in short: the secrecy tags of each part, resource's included. Items in a list, everything as one in a text.
 */
export function secrecyOf(layout: Layout): string | string[] {
  const tagsOf = (labels: DescribedLabels | "hidden") =>
    labels === "hidden" ? labels : labels.secrecy.tags.join("+");
  return layout.kind === "whole" ? tagsOf(layout.labels) : layout.items.map(tagsOf);
}

/** Path labels in short: an entry is a path and its secrecy tag. */
export function paths(
  entries: Readonly<Record<string, string>> | readonly (readonly [path: string, tag: string])[],
  more: { readonly itemsPath?: string; readonly defaults?: string } = {},
): ResponseLabels {
  const list = Array.isArray(entries) ? entries : Object.entries(entries);
  const labels = (tag: string) => ({ secrecy: tag === "" ? [] : [tag], integrity: [] });
  return {
    kind: "paths",
    paths: list.map(([path, tag]) => ({ path, labels: labels(tag) })),
    ...(more.itemsPath === undefined ? {} : { itemsPath: more.itemsPath }),
    ...(more.defaults === undefined ? {} : { defaults: labels(more.defaults) }),
  };
}

/** A tool result with these texts as its blocks. */
export function texts(...blocks: readonly unknown[]): { content: { type: "text"; text: string }[] } {
  return {
    content: blocks.map((block) => ({
      type: "text",
      text: typeof block === "string" ? block : JSON.stringify(block),
    })),
  };
}
