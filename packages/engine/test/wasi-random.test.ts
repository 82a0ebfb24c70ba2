import { describe, expect, test } from "vitest";
import { xoshiro128 } from "../src/wasi/random.js";
import { openGuest, type WasiGuest } from "./wasi-harness.js";

function randomBytes({ wasi, memory }: WasiGuest, length: number): Uint8Array {
  expect(wasi.random_get(8, length)).toBe(0);
  return memory.read(8, length);
}

test("the generator gives the published sequence", () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

describe("deterministic randomness", () => {
  test("is the same for every instance, and independent of others", () => {
    const first = openGuest();
    randomBytes(first, 100);
    const [second, third] = [openGuest(), openGuest()];
    const lengths = [16, 3, 0, 1, 32, 7];
    expect(lengths.map((length) => randomBytes(second, length))).toEqual(
      lengths.map((length) => randomBytes(third, length)),
    );
  });

  test("never changes from one version to the next: guards are functions of what they are given", () => {
    const next = xoshiro128([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]);
    const words = new DataView(randomBytes(openGuest(), 16).buffer);
    expect([0, 4, 8, 12].map((at) => words.getUint32(at, true))).toEqual(Array.from({ length: 4 }, next));
  });

  test("goes on from call to call, by whole words", () => {
    const [words, parts] = [randomBytes(openGuest(), 20), openGuest()];
    expect(randomBytes(parts, 3)).toEqual(words.slice(0, 3));
    expect(randomBytes(parts, 4)).toEqual(words.slice(4, 8));
    expect(randomBytes(parts, 5)).toEqual(words.slice(8, 13));
    expect(randomBytes(parts, 1)).toEqual(words.slice(16, 17));
  });

  test("fills the range and nothing else", () => {
    const { wasi, memory } = openGuest();
    expect(wasi.random_get(101, 1001)).toBe(0);
    expect(memory.read(0, 101)).toEqual(new Uint8Array(101));
    expect(memory.read(1102, 100)).toEqual(new Uint8Array(100));
    expect(new Set(memory.read(101, 1001)).size).toBeGreaterThan(200);
  });
});

describe("real randomness", () => {
  test("differs", () => {
    const guest = openGuest({ random: "real" });
    expect(randomBytes(guest, 32)).not.toEqual(randomBytes(guest, 32));
    expect(randomBytes(guest, 32)).not.toEqual(randomBytes(openGuest({ random: "real" }), 32));
  });

  test.each([0, 1, 1000, 65_536])("fills %i bytes", (length) => {
    const guest = openGuest({ random: "real" });
    guest.memory.grow(1);
    const bytes = randomBytes(guest, length);
    // A run of 16 zeros that is left over would be a gap, not chance.
    expect(bytes.join()).not.toContain(new Uint8Array(16).join());
    expect(guest.memory.read(8 + length, 1000)).toEqual(new Uint8Array(1000));
  });
});

describe.each(["deterministic", "real"] as const)("%s randomness", (random) => {
  test.each([65_537, 500_000])(
    "is not given for %i bytes at once, which would take long: EINVAL",
    (length) => {
      const charged: number[] = [];
      const guest = openGuest({ random, charge: (units) => charged.push(units) });
      guest.memory.grow(9);
      expect(guest.wasi.random_get(8, length)).toBe(28);
      expect(guest.memory.read(0, 1000)).toEqual(new Uint8Array(1000));
      expect(charged).toEqual([]);
      expect(guest.wasi.random_get(8, 65_536)).toBe(0);
      expect(charged).toEqual([262_144]);
    },
  );
});
