import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growthFor, pagesFor } from "../../src/memory/pages.js";

const KIB_64 = 65_536;
const GIB_4 = 4_294_967_296;

describe("pagesFor", () => {
  test.each([
    [0, 0],
    [1, 1],
    [KIB_64 - 1, 1],
    [KIB_64, 1],
    [KIB_64 + 1, 2],
    [33_554_432, 512],
    [2_147_483_648, 32_768],
    [2_147_483_649, 32_769],
    [GIB_4 - 1, 65_536],
    [GIB_4, 65_536],
  ])("%d bytes need %d pages", (bytes, pages) => {
    expect(pagesFor(bytes)).toBe(pages);
  });

  test.each([-1, 0.5, GIB_4 + 1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d, and names it",
    (bytes) => {
      expect(() => pagesFor(bytes)).toThrow(RangeError);
      expect(() => pagesFor(bytes)).toThrow(String(bytes));
    },
  );

  test("gives the least number of pages that is enough", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: GIB_4 }), (bytes) => {
        const pages = pagesFor(bytes);
        expect(pages * KIB_64).toBeGreaterThanOrEqual(bytes);
        expect((pages - 1) * KIB_64).toBeLessThan(bytes || 1);
      }),
    );
  });
});

describe("growthFor", () => {
  test.each([
    [0, 0, 0],
    [0, 1, 1],
    [KIB_64, KIB_64, 0],
    [KIB_64, KIB_64 + 1, 1],
    [10 * KIB_64, 1, 0],
    [0, GIB_4, 65_536],
    [GIB_4 - KIB_64, GIB_4, 1],
    [GIB_4, GIB_4, 0],
  ])("from %d to %d bytes takes %d pages", (current, required, pages) => {
    expect(growthFor(current, required)).toBe(pages);
  });

  test.each([
    [-1, 0],
    [0, -1],
    [GIB_4 + 1, 0],
    [0, GIB_4 + 1],
    [0.5, 1],
    [0, Number.NaN],
  ])("refuses to grow from %d to %d", (current, required) => {
    expect(() => growthFor(current, required)).toThrow(RangeError);
  });
});
