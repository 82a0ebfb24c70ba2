import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint } from "../../src/json/fingerprint.js";
import { equalJson, type Json } from "../../src/json/json.js";
import { forAll } from "../support/arbitraries.js";

const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

/** The same value with its keys in the other order. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([key, member]) => [key, turned(member)]));
}

test("is the same for what says the same, and hardly ever for what does not", () => {
  forAll(
    fc.property(anyJson, anyJson, (one, other) => {
      const areAlike = fingerprint(one) === fingerprint(other);
      return fingerprint(one) === fingerprint(turned(one)) && areAlike === equalJson(one, other);
    }),
  );
});

test("tells what is easily mistaken", () => {
  const values: Json[] = [[], {}, "", null, 0, "0", "null", [[]], [{}], [1, 2], [12], ["1,2"], { 0: 1 }, [1]];
  values.push({ a: 1, b: 2 }, { a: 2, b: 1 }, { a: { b: 1 } }, { b: { a: 1 } }, ["a", 1], false, [null]);
  expect(new Set(values.map((value) => fingerprint(value))).size).toBe(values.length);
});

test("visits every object and array once, with its own", () => {
  const seen: [Json, number][] = [];
  const value = { a: [{ b: [] }, 1], c: "text" };
  const print = fingerprint(value, (...visit) => seen.push(visit));
  expect(seen.map(([part]) => part)).toEqual([[], { b: [] }, [{ b: [] }, 1], value]);
  expect(seen.every(([part, own]) => own === fingerprint(part))).toBe(true);
  expect(seen.at(-1)?.[1]).toBe(print);
});
