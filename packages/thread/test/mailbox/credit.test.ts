import { expect, test } from "vitest";
import { Credit } from "../../src/mailbox/credit.js";

/** Asks so many times. */
const answers = (credit: Credit, times: number) => Array.from({ length: times }, () => credit.ask());

test("is there from the beginning, and lasts while waits are worth it", () => {
  const credit = new Credit();
  for (let wait = 0; wait < 100; wait++) credit.record(true);
  expect(answers(credit, 3)).toEqual([true, true, true]);
});

test("is lost with the fourth wait for nothing, whatever was saved before", () => {
  const credit = new Credit();
  for (let wait = 0; wait < 100; wait++) credit.record(true);
  for (let wait = 0; wait < 3; wait++) credit.record(false);
  expect(credit.ask()).toBe(true);
  credit.record(false);
  expect(answers(credit, 16).filter(Boolean).length).toBe(2);
});

test("comes back with the first wait that is worth it", () => {
  const credit = new Credit();
  for (let wait = 0; wait < 100; wait++) credit.record(false);
  expect(credit.ask()).toBe(false);
  credit.record(true);
  expect(credit.ask()).toBe(true);
  credit.record(false);
  expect(answers(credit, 3)).toEqual([false, false, false]);
});
