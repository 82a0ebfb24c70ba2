import type { DescribedLabels } from "../labels/labels.js";
import type { Verdict } from "./judge.js";

/** A part of a response that the agent does not get. For operators: the agent may not even know of it. */
export interface WithheldPart extends Verdict {
  /** An item; what stands around the items in their document; everything else; or all of the response. */
  readonly what: "item" | "rest" | "surroundings" | "response";
  /** JSON pointer of an item in its document. */
  readonly path?: string;
  /** Its labels, unless the guard has hidden it. */
  readonly labels?: DescribedLabels;
}
