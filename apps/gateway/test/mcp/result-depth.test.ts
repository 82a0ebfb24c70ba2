import { expect, test } from "vitest";
import { isDeeperThan } from "../../src/mcp/result-depth.js";

/** Arrays in each other, and what is in the innermost. */
const nested = (levels: number, innermost: unknown[] = []): unknown =>
  levels === 1 ? innermost : [0, { member: nested(levels - 2, innermost) }];

test.each([
  [false, "text", "text"],
  [false, "null", null],
  [false, "a flat result", { content: [] }],
  [false, "256 levels", nested(255, [[]])],
  [true, "257 levels", nested(257)],
  [true, "257 levels in a result", { content: nested(255, [[]]) }],
  [true, "5,000 levels", JSON.parse("[".repeat(5_000) + "]".repeat(5_000))],
])("%j is whether %s are more than 256", (expected, _name, value) => {
  expect(isDeeperThan(256, value)).toBe(expected);
});
