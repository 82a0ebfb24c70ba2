import { expect, test } from "vitest";
import { AwaitedCalls } from "../../src/session/awaited-calls.js";

test("calls are nested for as long as anybody waits for one of them", () => {
  const calls = new AwaitedCalls();
  expect(calls.isNested).toBe(false);
  const [endFirst, endSecond] = [calls.add(), calls.add()];
  endFirst();
  expect(calls.isNested).toBe(true);
  endSecond();
  expect(calls.isNested).toBe(false);
});

test("who wants to know is told when that begins, each time, until it is taken off", () => {
  const calls = new AwaitedCalls();
  let told = 0;
  const off = calls.onNested(() => {
    expect(calls.isNested).toBe(true);
    told++;
  });
  const ends = [calls.add(), calls.add()];
  expect(told).toBe(1);
  for (const end of ends) end();
  calls.add()();
  expect(told).toBe(2);
  off();
  calls.add();
  expect(told).toBe(2);
});
