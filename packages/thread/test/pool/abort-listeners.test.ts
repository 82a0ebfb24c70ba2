import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { AbortListeners } from "../../src/pool/abort-listeners.js";

test("a signal has one listener, however many wait for it, and none when nobody does", () => {
  const listeners = new AbortListeners();
  const { signal } = new AbortController();
  const called: number[] = [];
  const remove = Array.from({ length: 20 }, (_, index) => listeners.add(signal, () => called.push(index)));
  expect(getEventListeners(signal, "abort").length).toBe(1);
  for (const off of remove) off();
  expect(getEventListeners(signal, "abort").length).toBe(0);
  for (const off of remove) off();
  listeners.add(signal, () => called.push(100));
  expect(getEventListeners(signal, "abort").length).toBe(1);
  expect(called).toEqual([]);
});

test("an abort calls everybody once, also those that take themselves off meanwhile", () => {
  const listeners = new AbortListeners();
  const controller = new AbortController();
  const called: string[] = [];
  const offs = ["first", "second", "third"].map((name) =>
    listeners.add(controller.signal, () => {
      called.push(name);
      for (const off of offs) off();
    }),
  );
  controller.abort();
  expect(called).toEqual(["first", "second", "third"]);
});

test("signals are apart", () => {
  const listeners = new AbortListeners();
  const [one, other] = [new AbortController(), new AbortController()];
  const called: string[] = [];
  listeners.add(one.signal, () => called.push("one"));
  listeners.add(other.signal, () => called.push("other"));
  one.abort();
  expect(called).toEqual(["one"]);
});
