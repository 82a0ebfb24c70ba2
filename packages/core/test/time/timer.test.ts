import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { armTimer } from "../../src/time/timer.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const DAYS_30 = 30 * 24 * 60 * 60 * 1_000;

describe("armTimer", () => {
  test("fires once, when the deadline has been reached", () => {
    const onExpired = vi.fn();
    armTimer(performance.now() + 10, onExpired);
    vi.advanceTimersByTime(9);
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onExpired).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(DAYS_30);
    expect(onExpired).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([0, -1, Number.NEGATIVE_INFINITY])("fires soon, but not at once, %d ms from now", (ms) => {
    const onExpired = vi.fn();
    armTimer(performance.now() + ms, onExpired);
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onExpired).toHaveBeenCalledOnce();
  });

  test("waits for fractions of a millisecond", () => {
    const onExpired = vi.fn();
    armTimer(performance.now() + 0.25, onExpired);
    vi.advanceTimersByTime(1);
    expect(onExpired).toHaveBeenCalledOnce();
  });

  test("waits for longer than setTimeout can", () => {
    const onExpired = vi.fn();
    armTimer(performance.now() + DAYS_30, onExpired);
    vi.advanceTimersByTime(DAYS_30 - 1);
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onExpired).toHaveBeenCalledOnce();
  });

  test("does not fire early when the timeout does", () => {
    // Some runtimes' timeouts run up to a millisecond ahead of performance.now().
    const onExpired = vi.fn();
    const start = performance.now();
    armTimer(start + 10, onExpired);
    const clock = vi.spyOn(performance, "now").mockReturnValue(start + 9.5);
    vi.advanceTimersByTime(10);
    expect(onExpired).not.toHaveBeenCalled();
    clock.mockRestore();
    vi.advanceTimersByTime(1);
    expect(onExpired).toHaveBeenCalledOnce();
  });

  test("arms nothing for a deadline that never comes", () => {
    expect(armTimer(Number.POSITIVE_INFINITY, () => undefined)).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([10, DAYS_30 + 10])("is gone when cancelled, at first or later (%d ms)", (ms) => {
    const onExpired = vi.fn();
    const timer = armTimer(performance.now() + ms, onExpired);
    vi.advanceTimersByTime(ms - 5);
    timer?.cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(DAYS_30);
    expect(onExpired).not.toHaveBeenCalled();
    timer?.cancel();
  });

  test.each<[keepsAlive: boolean | undefined, unrefs: number]>([
    [undefined, 0],
    [true, 0],
    [false, 2],
  ])("keeps a process alive unless told not to, each time that it waits: %s", (keepsAlive, unrefs) => {
    const unref = vi.fn();
    const timers: (() => void)[] = [];
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((fire: () => void) => {
      timers.push(fire);
      return { unref };
    }) as never);
    armTimer(performance.now() + 10, () => undefined, keepsAlive === undefined ? {} : { keepsAlive });
    timers[0]?.();
    expect(timers).toHaveLength(2);
    expect(unref).toHaveBeenCalledTimes(unrefs);
    spy.mockRestore();
  });

  test("does without a way to let a process end, where timers are numbers", () => {
    const spy = vi.spyOn(globalThis, "setTimeout").mockReturnValue(1 as never);
    expect(() => armTimer(performance.now() + 10, () => undefined, { keepsAlive: false })).not.toThrow();
    spy.mockRestore();
  });
});
