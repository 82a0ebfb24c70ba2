import { expect, test } from "vitest";
import { assertNumber } from "../../src/number/assert-number.js";

const count = { least: 1, isWhole: true };
const more = { least: Number.MIN_VALUE, isWhole: false };

test.each([
  [1, count],
  [2 ** 53 - 1, count],
  [Number.MIN_VALUE, more],
  [Number.POSITIVE_INFINITY, more],
])("%d is in the range %o", (value, range) => {
  assertNumber("n", value, range);
});

test.each([
  [0, count, "n must be a whole number, 1 or more, not 0"],
  [1.5, count, "n must be a whole number, 1 or more, not 1.5"],
  [2 ** 53, count, "n must be a whole number, 1 or more, not 9007199254740992"],
  [Number.NaN, more, "n must be a number, more than 0, not NaN"],
  [0, more, "n must be a number, more than 0, not 0"],
])("%d is out of the range %o, which is a RangeError", (value, range, message) => {
  expect(() => assertNumber("n", value, range)).toThrow(new RangeError(message));
});

test.each([
  ["2", 'n must be a whole number, 1 or more, not "2"'],
  [undefined, "n must be a whole number, 1 or more, not undefined"],
  [2n, "n must be a whole number, 1 or more, not 2"],
])("%o is no number, which is a TypeError", (value, message) => {
  expect(() => assertNumber("n", value, count)).toThrow(new TypeError(message));
});
