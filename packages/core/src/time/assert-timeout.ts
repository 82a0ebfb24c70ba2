import { assertNumber } from "../number/assert-number.js";

/** Throws a TypeError unless `value` is a number, and a RangeError unless it is more than 0 milliseconds. Infinity means no limit. */
export function assertTimeout(name: string, value: unknown): void {
  assertNumber(name, value, { least: Number.MIN_VALUE, isWhole: false });
}
