import { expect, test } from "vitest";
import { nextTurn } from "../../src/time/next-turn.js";

test("timers fire while somebody takes one turn after the other", async () => {
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 1);
  for (let turns = 0; !fired; turns++) {
    expect(turns).toBeLessThan(1_000_000);
    await nextTurn();
  }
});

test("those who wait at the same time get a turn each, in order", async () => {
  const order: string[] = [];
  const wait = async (name: string) => {
    await nextTurn();
    order.push(name);
    queueMicrotask(() => order.push(`after ${name}`));
  };
  const waiters = [wait("first"), wait("second")];
  const turns = new Promise<void>((resolve) => {
    setImmediate(() => {
      order.push("others");
      setImmediate(resolve);
    });
  });
  await Promise.all([...waiters, turns]);
  expect(order.slice(0, 2)).toEqual(["first", "after first"]);
  expect(order.indexOf("others")).toBeLessThan(order.indexOf("second"));
});
