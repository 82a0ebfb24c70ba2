import { expect, test } from "vitest";
import { ModuleCache } from "../src/module-cache.js";

const [one, two, three] = [1, 2, 3].map((byte) => Uint8Array.of(0, byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** A cache, and what was made so far. */
function counting(maxEntries: number) {
  const cache = new ModuleCache<string>(maxEntries);
  const made: string[] = [];
  const get = (bytes: Uint8Array, settings = "") =>
    cache.get(bytes, settings, async (copy) => {
      made.push(`${copy.join(" ")} ${settings}`.trim());
      return copy.join(" ");
    });
  return { get, made };
}

test("the same bytes under the same settings are made once", async () => {
  const { get, made } = counting(4);
  expect(await Promise.all([get(one), get(Uint8Array.from(one)), get(two)])).toEqual(["0 1", "0 1", "0 2"]);
  await get(one, "other");
  await get(Uint8Array.of(0), "");
  expect(made).toEqual(["0 1", "0 2", "0 1 other", "0"]);
});

test("what was used least recently is forgotten", async () => {
  const { get, made } = counting(2);
  for (const bytes of [one, two, one, three, one, two]) await get(bytes);
  expect(made).toEqual(["0 1", "0 2", "0 3", "0 2"]);
});

test("nothing is kept where nothing may be", async () => {
  const { get, made } = counting(0);
  for (const bytes of [one, one]) await get(bytes);
  expect(made).toEqual(["0 1", "0 1"]);
});

test.each([Uint8Array, Buffer])("bytes of either kind that change later are other bytes", async (type) => {
  const { get, made } = counting(2);
  const bytes = type.from(one);
  const first = get(bytes);
  bytes[1] = 2;
  expect(await first).toBe("0 1");
  expect(await get(bytes)).toBe("0 2");
  expect(await get(one)).toBe("0 1");
  expect(made).toEqual(["0 1", "0 2"]);
});

test("what failed is made again", async () => {
  const cache = new ModuleCache<number>(2);
  await expect(cache.get(one, "", () => Promise.reject(new Error("once")))).rejects.toThrow("once");
  expect(await cache.get(one, "", async () => 7)).toBe(7);
});
