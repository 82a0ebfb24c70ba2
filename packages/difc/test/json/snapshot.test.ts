import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DifcError } from "../../src/error.js";
import { MAX_JSON_DEPTH } from "../../src/json/json.js";
import { snapshot } from "../../src/json/snapshot.js";
import { forAll } from "../support/arbitraries.js";
import { errorOf } from "../support/thrown-by.js";

test("is what JSON would carry", () => {
  forAll(
    fc.property(
      fc.jsonValue({ noUnicodeString: false }),
      (value) => JSON.stringify(snapshot(value)) === JSON.stringify(value),
    ),
  );
  const value = { a: undefined, b: [undefined, Number.NaN, -Infinity], c: -0 };
  expect(JSON.stringify(snapshot(value))).toBe(JSON.stringify(value));
  expect(snapshot(undefined)).toBeNull();
  expect(snapshot(Object.create(null, { x: { value: 1, enumerable: true } }))).toEqual({ x: 1 });
});

test("shares nothing that could change", () => {
  const original = { list: [{ x: 1 }] };
  const copy = snapshot(original);
  original.list.push({ x: 2 });
  expect(copy).toEqual({ list: [{ x: 1 }] });
});

test("keeps own members called __proto__, and pollutes nothing", () => {
  const copy = snapshot(
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  );
  expect(JSON.stringify(copy)).toBe(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

describe("what JSON cannot carry is refused", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = [cyclic];
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], []);
  const sparse: unknown[] = [];
  sparse.length = 4_000_000_000;

  test.each<[name: string, value: unknown, message: RegExp]>([
    ["a cycle", cyclic, /nests more than 256 levels/],
    ["depth", deep, /nests more than 256 levels/],
    ["a function", { toJSON: () => "x" }, /holds a function/],
    ["a bigint", [1n], /holds a bigint/],
    ["a symbol", { a: Symbol("x") }, /holds a symbol/],
    ["a date", { a: new Date(0) }, /object of a class/],
    ["a map", new Map([["a", 1]]), /object of a class/],
    ["bytes", new Uint8Array(4), /object of a class/],
    ["four billion elements", { sparse }, /more than 10000000 values/],
    [
      "a getter that throws",
      Object.defineProperty({}, "x", {
        enumerable: true,
        get: () => {
          throw new TypeError("x");
        },
      }),
      /could not be read/,
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw "x";
          },
        },
      ),
      /could not be read/,
    ],
  ])("%s", (_name, value, message) => {
    const error = errorOf(() => snapshot(value));
    expect(error.code).toBe("INVALID_RESULT");
    expect(error.message).toMatch(message);
  });

  test("at the limit of depth it is not", () => {
    const atLimit = Array.from({ length: MAX_JSON_DEPTH - 1 }).reduce<unknown>((inner) => [inner], []);
    expect(snapshot(atLimit)).toEqual(atLimit);
    expect(errorOf(() => snapshot([atLimit])).code).toBe("INVALID_RESULT");
  });
});

test("whatever arrives, it is JSON or a DifcError", () => {
  forAll(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSparseArray: true,
        withTypedArray: true,
      }),
      (value) => {
        try {
          return JSON.stringify(snapshot(value)) !== undefined;
        } catch (error) {
          return DifcError.is(error, "INVALID_RESULT");
        }
      },
    ),
  );
});
