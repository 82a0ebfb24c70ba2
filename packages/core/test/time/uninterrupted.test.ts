import { expect, test } from "vitest";
import { nextTurn } from "../../src/time/next-turn.js";
import { interruption, uninterruptedMs } from "../../src/time/uninterrupted.js";

test("time counts from the first look at it after a turn of the event loop, whatever promises settle meanwhile", async () => {
  await nextTurn();
  expect(uninterruptedMs(1_000)).toBe(0);
  expect(uninterruptedMs(1_003)).toBe(3);
  for (let hop = 0; hop < 20; hop++) await undefined;
  expect(uninterruptedMs(1_007)).toBe(7);
  await nextTurn();
  expect(uninterruptedMs(1_009)).toBe(0);
  expect(uninterruptedMs(1_010)).toBe(1);
});

test("a clock that stands still is taken to have moved, until the event loop has turned", async () => {
  await nextTurn();
  const looks = () => Array.from({ length: 65 }, () => uninterruptedMs(1_000));
  expect(looks().slice(0, 64)).toEqual(Array(64).fill(0));
  expect(uninterruptedMs(1_000)).toBe(Number.POSITIVE_INFINITY);
  expect(uninterruptedMs(1_001)).toBe(1);
  await interruption();
  expect(looks()[0]).toBe(0);
});
