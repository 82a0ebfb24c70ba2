import type { Json } from "../json/json.js";
import { formatPointer } from "../json/json-pointer.js";
import { snapshot } from "../json/snapshot.js";
import type { Label } from "../labels/label.js";
import { joinLabels, type Labels, lowestLabels } from "../labels/labels.js";
import type { ResultFormat } from "../response/documents.js";
import { type ItemsLayout, layOut, type PartLabels } from "../response/layout.js";
import { type ResponseLabels, readResponseLabels } from "../response/response-labels.js";
import { defaultCountKeys } from "./cut-document.js";
import { deliver, hasOwnRest, hasSurroundings } from "./deliver.js";
import { judgeItem, judgeSurroundings, type ResponseAccess, type Verdict } from "./judge.js";
import type { WithheldPart } from "./withheld.js";

/** How a response is read. */
export interface FilterOptions {
  /** `tool-result` unless given. */
  readonly format?: ResultFormat | undefined;
  /** Members that count the items beside them; {@link defaultCountKeys} unless given. */
  readonly countKeys?: readonly string[] | undefined;
}

/** What of a response reaches the agent. */
export interface FilteredResponse {
  /** Whether anything does. */
  readonly isDelivered: boolean;
  /** What the agent gets; undefined when nothing is delivered. */
  readonly result: unknown;
  /** The labels of all that is delivered, joined. */
  readonly labels: Labels;
  /** How many items the response has had; 1 where it was one thing. */
  readonly total: number;
  /** What is not delivered, or would not be in the mode `filter`. */
  readonly withheld: readonly WithheldPart[];
}

/**
 * Judges each part of a response, and removes those that the agent may not have (phase 5). In the mode `strict` nothing is
 * delivered when any part may not be.
 *
 * A response falls into its items, what stands around them in their document, and the surroundings: other content blocks
 * and other members of the result. Items carry their own labels, what stands around them those of the resource, and the
 * surroundings, which nobody has told apart, all labels that the guard has given together.
 *
 * @throws DifcError `INVALID_LABELS`, `UNMATCHED_LABELS` or `INVALID_RESULT`: then nothing may be delivered
 */
export function filterResponse(
  access: ResponseAccess,
  result: unknown,
  labels: ResponseLabels,
  { format = "tool-result", countKeys = defaultCountKeys }: FilterOptions = {},
): FilteredResponse {
  const read = readResponseLabels(labels);
  // What is not looked into is passed on as it is.
  if (read.kind === "unlabeled") return filterWhole(access, result, access.resource);
  const json = snapshot(result);
  const layout = layOut(json, format, read, access.resource);
  return layout.kind === "whole"
    ? filterWhole(access, json, layout.labels)
    : filterItems(access, json, layout, new Set(countKeys));
}

/** A part of a response and what becomes of it. */
interface JudgedPart {
  readonly what: WithheldPart["what"];
  readonly labels: PartLabels;
  readonly verdict: Verdict;
  /** Which item it is. */
  readonly index?: number;
}

function filterWhole(access: ResponseAccess, result: unknown, labels: PartLabels): FilteredResponse {
  const part: JudgedPart = { what: "response", labels, verdict: judgeItem(access, labels) };
  return isWithheld(part) ? refused(1, [report(part, "")]) : delivered(result, 1, [part], []);
}

function filterItems(
  access: ResponseAccess,
  result: Json,
  layout: ItemsLayout,
  countKeys: ReadonlySet<string>,
): FilteredResponse {
  const { collection, rest, surroundings } = layout;
  const items = judgeItems(access, layout.items);
  const judgedRest: JudgedPart = { what: "rest", labels: rest, verdict: judgeSurroundings(access, rest) };
  const judgedSurroundings: JudgedPart = {
    what: "surroundings",
    labels: surroundings,
    verdict: judgeSurroundings(access, surroundings),
  };
  const counts = { keep: items.map((item) => !isWithheld(item)), countKeys };
  const parts = [
    ...items,
    ...(hasOwnRest(collection, counts) ? [judgedRest] : []),
    ...(hasSurroundings(result, collection, counts) ? [judgedSurroundings] : []),
  ];
  const array = formatPointer(collection.documents[0].path);
  const withheld = parts.filter(isWithheld).map((part) => report(part, array));
  const isForgiving = access.mode === "filter" || access.mode === "propagate";
  if (withheld.length > 0 && !isForgiving) return refused(items.length, withheld);
  const remains = deliver(result, collection, {
    ...counts,
    keepRest: !isWithheld(judgedRest),
    keepSurroundings: !isWithheld(judgedSurroundings),
  });
  return delivered(remains, items.length, parts, withheld);
}

/** Judges each pair of labels once, however many items share it. */
function judgeItems(access: ResponseAccess, items: readonly PartLabels[]): readonly JudgedPart[] {
  const known = new Map<Label, Map<Label, Verdict>>();
  const judge = (labels: PartLabels): Verdict => {
    if (labels === "hidden") return judgeItem(access, labels);
    const ofSecrecy = known.get(labels.secrecy) ?? new Map<Label, Verdict>();
    const verdict = ofSecrecy.get(labels.integrity) ?? judgeItem(access, labels);
    known.set(labels.secrecy, ofSecrecy.set(labels.integrity, verdict));
    return verdict;
  };
  return items.map((labels, index) => ({ what: "item", labels, verdict: judge(labels), index }));
}

function isWithheld({ verdict }: JudgedPart): boolean {
  return verdict.reasons.length > 0;
}

function report({ what, labels, verdict, index }: JudgedPart, array: string): WithheldPart {
  const { reasons, isSecret } = verdict;
  const part: { -readonly [key in keyof WithheldPart]: WithheldPart[key] } = { what, reasons, isSecret };
  if (index !== undefined) part.path = `${array}/${index}`;
  if (labels !== "hidden") part.labels = labels;
  return part;
}

function delivered(
  result: unknown,
  total: number,
  parts: readonly JudgedPart[],
  withheld: readonly WithheldPart[],
): FilteredResponse {
  const labels = parts.filter((part) => !isWithheld(part)).map((part) => part.labels);
  const shown = joinLabels(labels.filter((label) => label !== "hidden"));
  return { isDelivered: true, result, labels: shown, total, withheld };
}

function refused(total: number, withheld: readonly WithheldPart[]): FilteredResponse {
  return { isDelivered: false, result: undefined, labels: lowestLabels, total, withheld };
}
