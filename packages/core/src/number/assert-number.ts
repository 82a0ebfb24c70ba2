import { wrongNumber } from "./wrong-number.js";

/** Which numbers make sense for an option. */
export interface NumberRange {
  /** The least one; `Number.MIN_VALUE` for all that are more than 0. */
  readonly least: number;
  /** Whether it counts something. */
  readonly isWhole: boolean;
}

/** Throws a TypeError unless `value` is a number, and a RangeError unless it is one of the range; both name the option. */
export function assertNumber(name: string, value: unknown, { least, isWhole }: NumberRange): void {
  if (typeof value === "number" && value >= least && (!isWhole || Number.isSafeInteger(value))) return;
  const range = least === Number.MIN_VALUE ? "more than 0" : `${least} or more`;
  throw wrongNumber(name, `a ${isWhole ? "whole " : ""}number, ${range}`, value);
}
