import type { Labels, ResponseLabels } from "@guardhost/native";
import type { CallToolResult } from "@modelcontextprotocol/client";

/** A part of a response, and what the guard says about it. */
export interface Part {
  /** What the server calls it; absent when it is all of the response. */
  readonly name?: string;
  readonly labels: Labels;
}

/**
 * Gives each part of a response its labels. What the guard says nothing about carries the labels of the resource.
 *
 * Only the server's own text is divided, into lines or into the elements of an array. Throws an Error when the labels
 * do not fit that text: then nothing is known about any of it.
 */
export function responseParts(
  result: CallToolResult,
  labels: ResponseLabels,
  resource: Labels,
): readonly Part[] {
  if (labels.kind === "unlabeled") return [{ labels: resource }];
  if (labels.kind === "items") {
    const lines = textOf(result).split("\n");
    if (lines.length !== labels.items.length) throw new Error("the guard labelled another number of lines");
    return lines.map((name, i) => ({ name, labels: labels.items[i]?.labels ?? resource }));
  }
  const rest = labels.defaults ?? resource;
  if (labels.paths.length === 0) return [{ labels: rest }];
  const labelled = new Map(labels.paths.map(({ path, labels }) => [path, labels]));
  const parts = elementNames(textOf(result)).map((name, i) => {
    const own = labelled.get(`/${i}`);
    labelled.delete(`/${i}`);
    return { name, labels: own ?? rest };
  });
  if (labelled.size > 0) throw new Error("the guard labelled what is not in the response");
  return parts;
}

/** The text of a response that is one block of text. */
function textOf({ content }: CallToolResult): string {
  const [block, ...others] = content;
  if (block?.type !== "text" || others.length > 0) throw new Error("the response is not one block of text");
  return block.text;
}

/** Names of the elements of a JSON array, as directory_tree has them. */
function elementNames(text: string): string[] {
  const elements = JSON.parse(text) as readonly { readonly name: string }[];
  return elements.map(({ name }) => name);
}
