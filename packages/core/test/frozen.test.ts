import { expect, test } from "vitest";
import * as core from "../src/index.js";

/** Everything of `value` that could be changed, by its path. */
function changeable(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, member]) => changeable(member, `${path}.${key}`));
  return Object.isFrozen(value) ? inside : [path, ...inside];
}

test("no constant that is exported can be changed by who imports it", () => {
  const constants = Object.entries(core).filter(
    ([name]) => /^[A-Z_]+$/.test(name) || name === "defaultLimits",
  );
  expect(constants.length).toBeGreaterThan(10);
  expect(constants.flatMap(([name, value]) => changeable(value, name))).toEqual([]);
});
