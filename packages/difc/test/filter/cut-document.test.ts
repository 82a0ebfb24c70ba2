import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Cut,
  cutDocument,
  cutValueOf,
  defaultCountKeys,
  hasRest,
} from "../../src/filter/cut-document.js";
import type { Json, JsonObject } from "../../src/json/json.js";
import { forAll } from "../support/arbitraries.js";

const countKeys = new Set(defaultCountKeys);
const cut = (path: string[], keep: boolean[], keepRest = true): Cut => ({ path, keep, keepRest, countKeys });

describe("what stays arrives as the backend wrote it", () => {
  test("numbers beyond 2^53, escapes, white space and the order of keys included", () => {
    const text = '{ "b": 1.0,\n "items": [ 9007199254740993 , {"x":"\\u00e9\\/"}, 1e400 ], "a":-0 }';
    expect(cutDocument(text, cut(["items"], [true, false, true]))).toBe(
      '{ "b": 1.0,\n "items": [ 9007199254740993, 1e400 ], "a":-0 }',
    );
  });

  test("all of it when nothing is removed", () => {
    const text = '\n{"total_count": 7, "items":[1 , 2]}';
    expect(cutDocument(text, cut(["items"], [true, true]))).toBe(text);
  });

  test("also where keys are escaped, empty, or named like members of the prototype", () => {
    expect(cutDocument('{"\\u0069tems":[1,2],"":[3]}', cut(["items"], [false, true]))).toBe(
      '{"\\u0069tems":[2],"":[3]}',
    );
    expect(cutDocument('{"":{"__proto__":[1,2]}}', cut(["", "__proto__"], [false, true]))).toBe(
      '{"":{"__proto__":[2]}}',
    );
  });

  test("strings with brackets, commas and quotes are no structure", () => {
    const text = '[["]},\\"["],{"a,":"\\\\"},"x"]';
    expect(cutDocument(text, cut([], [false, true, false]))).toBe('[{"a,":"\\\\"}]');
    expect(cutDocument(text, cut([], [true, false, false]))).toBe('[["]},\\"["]]');
  });

  test("an array of which nothing stays is empty", () => {
    expect(cutDocument('{"items":[ 1 ]}', cut(["items"], [false]))).toBe('{"items":[]}');
  });
});

test("a long way to the items costs no more than a short one", () => {
  const items = `[${Array.from({ length: 50_000 }, (_, i) => `{"n":${i},"title":"${"x".repeat(20)}"}`)}]`;
  const keep = Array.from({ length: 50_000 }, (_, i) => i > 0);
  const msFor = (steps: number) => {
    const text = `${'{"a":'.repeat(steps)}${items}${"}".repeat(steps)}`;
    const path = Array.from({ length: steps }, () => "a");
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      cutDocument(text, cut(path, keep));
      return performance.now() - began;
    });
    return Math.min(...times);
  };
  msFor(1);
  expect(msFor(250) / msFor(1)).toBeLessThan(10);
});

describe("counts say how many items stay", () => {
  test("by keys that nobody can change for everybody", () => {
    expect(Object.isFrozen(defaultCountKeys)).toBe(true);
  });

  test.each<[document: string, path: string[], expected: string]>([
    ['{"total_count":3,"items":[1,2,3]}', ["items"], '{"total_count":2,"items":[1,3]}'],
    ['{"total_count":500,"items":[1,2,3]}', ["items"], '{"total_count":2,"items":[1,3]}'],
    [
      '{"data":{"totalCount":3,"nodes":[1,2,3]}}',
      ["data", "nodes"],
      '{"data":{"totalCount":2,"nodes":[1,3]}}',
    ],
    ['{"total":3,"page":{"items":[1,2,3]}}', ["page", "items"], '{"total":2,"page":{"items":[1,3]}}'],
    // One further out that is no count of these items stays what it is.
    [
      '{"count":1,"groups":[{"items":[1,2,3]}]}',
      ["groups", "0", "items"],
      '{"count":1,"groups":[{"items":[1,3]}]}',
    ],
    [
      '{"total_count":"3","stars":3,"items":[1,2,3]}',
      ["items"],
      '{"total_count":"3","stars":3,"items":[1,3]}',
    ],
  ])("%s", (text, path, expected) => {
    expect(cutDocument(text, cut(path, [true, false, true]))).toBe(expected);
  });
});

describe("without what stands around the items", () => {
  test("only the way to them stays, with counts of what stays", () => {
    const text = '{"next":"secret","total_count":500,"data":[{"note":"x"},{"items":[1,2],"more":true}]}';
    const path = ["data", "1", "items"];
    expect(cutDocument(text, cut(path, [true, false], false))).toBe('{"data":[{"items":[1]}]}');
    expect(cutDocument('{"a":1,"total":500,"items":[1]}', cut(["items"], [true], false))).toBe(
      '{"total":1,"items":[1]}',
    );
  });

  test.each<[document: Json, path: string[], rest: boolean]>([
    [[1, 2], [], false],
    [{ items: [1, 2] }, ["items"], false],
    [{ items: [1, 2], total_count: 2 }, ["items"], false],
    [{ items: [1, 2], total_count: 500 }, ["items"], true],
    [{ items: [1, 2], total_count: "2" }, ["items"], true],
    [{ items: [1, 2], next: null }, ["items"], true],
    [{ pages: [{ items: [1, 2] }] }, ["pages", "0", "items"], false],
    [{ pages: [{ items: [1, 2] }, 0] }, ["pages", "0", "items"], true],
  ])("%j at %j: there is some, %s", (document, path, rest) => {
    expect(hasRest(document, cut(path, [true, true]))).toBe(rest);
  });
});

/** A document with an array somewhere in it. */
const anyDocument = fc
  .record({
    items: fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
    steps: fc.array(
      fc.record({
        key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "items", "count")),
        isArray: fc.boolean(),
        others: fc.dictionary(
          fc.oneof(fc.string(), fc.constantFrom("total", "count")),
          fc.jsonValue({ maxDepth: 2 }),
          { maxKeys: 4 },
        ),
      }),
      { maxLength: 4 },
    ),
    keepRest: fc.boolean(),
    space: fc.constantFrom(undefined, 1, "\t \n"),
  })
  .chain(({ items, steps, ...rest }) => {
    let document: Json = items as Json;
    const path: string[] = [];
    for (const { key, isArray, others } of steps) {
      const before: Json[] = Object.values(others) as Json[];
      path.unshift(isArray ? String(before.length) : key);
      document = isArray
        ? [...before, document]
        : (Object.fromEntries([
            ...Object.entries(others).filter(([other]) => other !== key),
            [key, document],
          ]) as Json);
    }
    const keep = fc.array(fc.boolean(), { minLength: items.length, maxLength: items.length });
    return keep.map((kept) => ({ ...rest, document, path, keep: kept }));
  });

/** The same rules once more, over values instead of text. */
function model(value: Json, asked: Cut, depth = 0): Json {
  const { path, keep, keepRest } = asked;
  const left = keep.filter(Boolean).length;
  if (keepRest && left === keep.length) return value;
  const list = value as readonly Json[];
  if (depth === path.length) return list.filter((_, i) => keep[i]);
  const step = path[depth] as string;
  const inner = (child: Json | undefined) => model(child as Json, asked, depth + 1);
  if (Array.isArray(value)) {
    const index = Number(step);
    return keepRest ? list.with(index, inner(list[index])) : [inner(list[index])];
  }
  const isCount = (key: string, member: Json) =>
    countKeys.has(key) && typeof member === "number" && (depth === path.length - 1 || member === keep.length);
  const members = Object.entries(value as JsonObject).flatMap(([key, member]): [string, Json][] => {
    if (key === step) return [[key, inner(member)]];
    if (isCount(key, member)) return [[key, left]];
    return keepRest ? [[key, member]] : [];
  });
  return Object.fromEntries(members);
}

test("cutting text is the same as cutting the value that it is", () => {
  forAll(
    fc.property(anyDocument, ({ document, path, keep, keepRest, space }) => {
      const asked = { ...cut(path, keep), keepRest };
      const expected = JSON.stringify(model(JSON.parse(JSON.stringify(document)), asked));
      const text = JSON.stringify(document, null, space);
      return (
        JSON.stringify(JSON.parse(cutDocument(text, asked))) === expected &&
        JSON.stringify(cutValueOf(document, asked)) === expected
      );
    }),
  );
});

test("there is a rest exactly when leaving it out changes something", () => {
  forAll(
    fc.property(anyDocument, ({ document, path, keep }) => {
      const all = {
        ...cut(
          path,
          keep.map(() => true),
        ),
        keepRest: false,
      };
      const hasChanged = JSON.stringify(cutValueOf(document, all)) !== JSON.stringify(document);
      return hasRest(document, all) === hasChanged;
    }),
  );
});
