import { afterEach, expect, test, vi } from "vitest";
import type { CallerMailbox } from "../../src/mailbox/caller-mailbox.js";
import { EventLoopDebt, Polling } from "../../src/pool/polling.js";

/** A mailbox that has news at the given look, and counts looks. */
function mailboxAfter(looks: number) {
  let looked = 0;
  const mailbox = { hasNews: () => ++looked >= looks } as unknown as CallerMailbox;
  return { mailbox, looked: () => looked };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test("news of a worker that is awake are waited for on the spot", () => {
  // On a machine that does other things, the moment could be over after the first look.
  vi.spyOn(performance, "now").mockReturnValue(0);
  const { mailbox, looked } = mailboxAfter(5);
  expect(new Polling().poll(mailbox, true)).toBe(true);
  expect(looked()).toBe(5);
});

test("a worker that had to be woken is not waited for", () => {
  const { mailbox, looked } = mailboxAfter(1);
  expect(new Polling().poll(mailbox, false)).toBe(false);
  expect(looked()).toBe(0);
});

test("who was late a few times is tried now and then only, and trusted again when it is not", () => {
  const polling = new Polling();
  const never = mailboxAfter(Number.POSITIVE_INFINITY).mailbox;
  for (let miss = 0; miss < 4; miss++) expect(polling.poll(never, true)).toBe(false);
  const { mailbox, looked } = mailboxAfter(1);
  const results = Array.from({ length: 8 }, () => polling.poll(mailbox, true));
  expect(results).toEqual([false, false, false, false, false, false, false, true]);
  expect(looked()).toBe(1);
  expect(polling.poll(mailbox, true)).toBe(true);
});

test("after 64 calls in a row the event loop has to turn", () => {
  const debt = new EventLoopDebt();
  const results = Array.from({ length: 65 }, () => debt.add());
  expect(results.indexOf(true)).toBe(64);
  debt.clear();
  expect(debt.add()).toBe(false);
});
