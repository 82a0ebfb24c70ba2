import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Countdown } from "../../src/time/countdown.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Countdown", () => {
  test("has all its time left until somebody asks when it ends", () => {
    const countdown = new Countdown(50);
    vi.advanceTimersByTime(30);
    expect(countdown.left).toBe(50);
    const { deadline } = countdown;
    expect(deadline).toBe(performance.now() + 50);
    vi.advanceTimersByTime(30);
    expect(countdown.left).toBe(20);
    expect(countdown.deadline).toBe(deadline);
    vi.advanceTimersByTime(30);
    expect(countdown.left).toBe(-10);
  });

  test("may have no end", () => {
    const countdown = new Countdown(Number.POSITIVE_INFINITY);
    expect(countdown.deadline).toBe(Number.POSITIVE_INFINITY);
    expect(countdown.left).toBe(Number.POSITIVE_INFINITY);
  });
});
