import { wrongNumber } from "../number/wrong-number.js";

/** Throws a TypeError unless `value` is a number, and a RangeError unless it is more than 0 milliseconds. Infinity means no limit. */
export function assertTimeout(name: string, value: unknown): void {
  if (typeof value === "number" && value > 0) return;
  throw wrongNumber(name, "a number of milliseconds, more than 0", value);
}
