import { DifcError } from "../error.js";

/**
 * What happens to a flow that the rules forbid.
 *
 * - `strict`: the whole response is refused when any part of it may not be read.
 * - `filter`: the parts that may not be read are removed.
 * - `propagate`: everything may be read, and the agent's labels change accordingly.
 *
 * Forbidden writes are denied in every mode.
 */
export type DifcMode = "strict" | "filter" | "propagate";

/** From the strictest on. */
const MODES: readonly DifcMode[] = ["strict", "filter", "propagate"];

/** Whose mode counts: the stricter of the two, which is the default, or always the operator's, or the guard's. */
export type ModeAuthority = "stricter" | "operator" | "guard";

/**
 * The mode called `text`, in any letter case. An empty text is `strict`.
 *
 * @throws DifcError `INVALID_MODE`
 */
export function parseMode(text: string): DifcMode {
  if (text === "") return "strict";
  const mode = typeof text === "string" ? MODES.find((name) => name === text.toLowerCase()) : undefined;
  if (mode === undefined) {
    throw new DifcError("INVALID_MODE", `the mode must be one of ${MODES.join(", ")}`);
  }
  return mode;
}

/** The stricter of two modes: `strict` before `filter` before `propagate`. */
export function stricterMode(one: DifcMode, other: DifcMode): DifcMode {
  return MODES.indexOf(one) < MODES.indexOf(other) ? one : other;
}

/** The mode in force where operator and guard each name one (W18). */
export function effectiveMode(operator: DifcMode, guard: DifcMode, authority: ModeAuthority): DifcMode {
  if (authority === "operator") return operator;
  return authority === "guard" ? guard : stricterMode(operator, guard);
}
