import { expect, test } from "vitest";
import { nextTurn } from "../../src/time/next-turn.js";
import { uninterruptedMs } from "../../src/time/uninterrupted.js";

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
