import type { WithheldPart } from "../filter/withheld.js";
import { explain, type SecrecyNotices } from "../flow/explain.js";
import type { Labels } from "../labels/labels.js";
import { policyName } from "./policy-name.js";

/** How every text of the monitor to an agent begins. */
export const NOTICE_PREFIX = "[Filtered]";

/** Withheld items that are described one by one. */
const MAX_DESCRIBED = 5;

/** The parts of which an agent may know that they exist. */
export function tellable(
  withheld: readonly WithheldPart[],
  notices: SecrecyNotices,
): readonly WithheldPart[] {
  return notices === "count" ? withheld : withheld.filter(({ isSecret }) => !isSecret);
}

/**
 * What an agent is told about parts that were removed from a response; undefined when there is nothing that it may know.
 * Parts that it is not cleared for are counted or passed over, never described (W13).
 */
export function noticeOf(
  agent: Labels,
  withheld: readonly WithheldPart[],
  notices: SecrecyNotices,
): string | undefined {
  const told = tellable(withheld, notices);
  if (told.length === 0) return undefined;
  const sentences = [`Removed by the ${policyName(told)}: ${amount(told)}.`];
  const items = told.filter(({ what }) => what === "item");
  if (items.length <= MAX_DESCRIBED) sentences.push(...items.flatMap((item) => description(agent, item)));
  return [NOTICE_PREFIX, ...sentences].join(" ");
}

/** How much was withheld, in words. */
export function amount(withheld: readonly WithheldPart[]): string {
  const items = withheld.filter(({ what }) => what === "item").length;
  const isRest = items < withheld.length;
  if (items === 0) return "other content";
  return `${items === 1 ? "1 item" : `${items} items`}${isRest ? " and other content" : ""}`;
}

function description(agent: Labels, { labels, reasons, isSecret }: WithheldPart): readonly string[] {
  if (isSecret || labels?.description === undefined) return [];
  return [
    explain(
      agent,
      labels,
      reasons.filter((reason) => reason !== "hidden"),
    ).message,
  ];
}
