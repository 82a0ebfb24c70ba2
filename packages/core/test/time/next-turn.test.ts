import { afterEach, expect, test, vi } from "vitest";
import { nextTurn } from "../../src/time/next-turn.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

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

test("in workerd a turn is a timer, because messages come before those, and everybody has one of his own", async () => {
  const { setTimeout } = globalThis;
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  vi.stubGlobal("setImmediate", undefined);
  vi.stubGlobal("MessageChannel", undefined);
  vi.resetModules();
  const { nextTurn, afterTurn } = await import("../../src/time/next-turn.js");
  // The timers of a request that is gone never fire.
  vi.stubGlobal("setTimeout", () => 0);
  nextTurn();
  vi.stubGlobal("setTimeout", setTimeout);
  await nextTurn();
  await new Promise<void>((resolve) => afterTurn(resolve)());
});
