import { expect, test } from "vitest";
import { onAbort } from "../../src/time/on-abort.js";
import { countingController } from "../support/counting-signal.js";

test("a signal has one listener, however many wait for it, and none when nobody does", () => {
  const { signal, listeners } = countingController();
  const called: number[] = [];
  const offs = Array.from({ length: 20 }, (_, index) => onAbort(signal, () => called.push(index)));
  expect(listeners()).toBe(1);
  for (const off of offs) off();
  expect(listeners()).toBe(0);
  for (const off of offs) off();
  const again = onAbort(signal, () => called.push(100));
  expect(listeners()).toBe(1);
  for (const off of offs) off();
  expect(listeners()).toBe(1);
  again();
  expect([listeners(), called]).toEqual([0, []]);
});

test("an abort calls everybody once, also those that take themselves off meanwhile", () => {
  const { signal, abort, listeners } = countingController();
  const called: string[] = [];
  const offs = ["first", "second", "third"].map((name) =>
    onAbort(signal, () => {
      called.push(name);
      for (const off of offs) off();
    }),
  );
  abort();
  expect(called).toEqual(["first", "second", "third"]);
  expect(listeners()).toBe(0);
});

test("a callback that is there twice is called twice, and taken off one at a time", () => {
  const { signal, abort } = countingController();
  let calls = 0;
  const callback = () => void calls++;
  const [off] = [onAbort(signal, callback), onAbort(signal, callback), onAbort(signal, callback)];
  off();
  abort();
  expect(calls).toBe(2);
});

test("signals are apart", () => {
  const [one, other] = [countingController(), countingController()];
  const called: string[] = [];
  onAbort(one.signal, () => called.push("one"));
  onAbort(other.signal, () => called.push("other"));
  one.abort();
  expect(called).toEqual(["one"]);
});
