import { afterEach, expect, test, vi } from "vitest";
import { Spinner } from "../../src/mailbox/spinner.js";

let now = 0;

afterEach(() => {
  vi.restoreAllMocks();
});

/** A spinner whose last request came so many milliseconds after the response before it. */
function spinnerAfterGap(gap: number, maySpin = true): Spinner {
  now = 100;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const spinner = new Spinner(maySpin);
  spinner.finished();
  now += gap;
  expect(spinner.arrived()).toBe(now);
  spinner.finished();
  return spinner;
}

/** Counts how often it is asked; time passes meanwhile. */
function arrivesAfter(looks: number): { arrived: () => boolean; looked: () => number } {
  let looked = 0;
  return {
    arrived: () => {
      now += 0.01;
      return ++looked >= looks;
    },
    looked: () => looked,
  };
}

test("a worker that has just started sleeps", () => {
  const { arrived, looked } = arrivesAfter(1);
  expect(new Spinner(true).spin(arrived)).toBe(false);
  expect(looked()).toBe(0);
});

test("requests that follow closely are watched for", () => {
  const { arrived, looked } = arrivesAfter(3);
  expect(spinnerAfterGap(0.1).spin(arrived)).toBe(true);
  expect(looked()).toBe(3);
});

test("but for 100 µs only, and not at all when that was for nothing a few times", () => {
  const spinner = spinnerAfterGap(0.1);
  const looks = [1, 2, 3, 4, 5].map(() => {
    const { arrived, looked } = arrivesAfter(1_000);
    expect(spinner.spin(arrived)).toBe(false);
    spinner.finished();
    return looked();
  });
  expect(looks.map((count) => count > 0)).toEqual([true, true, true, true, false]);
  expect(Math.max(...looks)).toBeLessThan(15);
});

test.each([
  { why: "requests are far between", gap: 0.2, maySpin: true },
  { why: "there is one core only", gap: 0.1, maySpin: false },
])("it sleeps when $why", ({ gap, maySpin }) => {
  const { arrived, looked } = arrivesAfter(1);
  expect(spinnerAfterGap(gap, maySpin).spin(arrived)).toBe(false);
  expect(looked()).toBe(0);
});
