import { DifcError } from "../error.js";
import { Label } from "./label.js";
import type { DescribedLabels } from "./labels.js";

/** Tags as a guard writes them, or a label that configuration has made. */
export type TagsInput = Label | readonly string[];

/** Labels as a guard writes them. What `@guardhost/core` decodes fits. */
export interface LabelsInput {
  readonly description?: string | undefined;
  readonly secrecy: TagsInput;
  readonly integrity: TagsInput;
}

/** Labels that were read before, by their tags as JSON. A response has many labels and few different ones. */
export type KnownLabels = Map<string, Label>;

/**
 * Reads labels of whatever origin. Both lists must be there: a list that is missing or malformed must not pass for
 * "public" or "trusted" (W4).
 *
 * @param known is looked into and added to; lists with equal tags then become the same label
 * @throws DifcError `INVALID_LABELS`, with a message that begins with the list's name
 */
export function readLabels(value: LabelsInput, known: KnownLabels = new Map()): DescribedLabels {
  if (typeof value !== "object" || value === null)
    throw new DifcError("INVALID_LABELS", "labels must be an object");
  const { description } = value;
  const secrecy = readTags(value.secrecy, "secrecy", known);
  const integrity = readTags(value.integrity, "integrity", known);
  if (description === undefined) return { secrecy, integrity };
  if (typeof description !== "string") throw new DifcError("INVALID_LABELS", "description must be a string");
  return { description, secrecy, integrity };
}

function readTags(value: unknown, name: string, known: KnownLabels): Label {
  if (value instanceof Label) return value;
  if (!Array.isArray(value)) throw new DifcError("INVALID_LABELS", `${name} must be a list of tags`);
  if (value.length === 0) return Label.none;
  if (!value.every((tag) => typeof tag === "string")) return Label.from(value, name);
  const key = JSON.stringify(value);
  const label = known.get(key) ?? Label.from(value, name);
  known.set(key, label);
  return label;
}
