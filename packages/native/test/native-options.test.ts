import { type ClockMode, type NativeOptions, type NativeThread, native } from "@guardhost/native";
import { describe, expect, test } from "vitest";

describe("native", () => {
  test.each<[options: unknown, problem: string]>([
    [{ maxCachedModules: Number.NaN }, "maxCachedModules must be a whole number, 0 or more, not NaN"],
    [{ maxCachedModules: -1 }, "maxCachedModules must be"],
    [{ maxCachedModules: 1.5 }, "maxCachedModules must be"],
    [{ maxThreads: 0 }, "maxThreads must be a whole number, 1 or more, not 0"],
    [{ graceMs: -1 }, "graceMs must be a number, 0 or more, not -1"],
    [{ graceMs: Number.NaN }, "graceMs must be"],
    [{ sliceMs: 0 }, "sliceMs must be a number, more than 0, not 0"],
  ])("refuses %j at once, wherever its guards would run", (options, problem) => {
    for (const thread of ["caller", "worker"] as const) {
      const make = () => native({ thread, ...(options as NativeOptions) });
      expect(make).toThrow(RangeError);
      expect(make).toThrow(problem);
    }
  });

  test.each<[options: unknown, message: string]>([
    [{ clock: "reel" }, 'clock must be "deterministic" or "real", not "reel"'],
    [{ clock: null }, 'clock must be "deterministic" or "real", not null'],
    [{ random: true }, 'random must be "deterministic" or "real", not true'],
    [{ thread: "main" }, 'thread must be "auto" or "caller" or "worker", not "main"'],
    [{ maxThreads: "2" }, 'maxThreads must be a whole number, 1 or more, not "2"'],
    [{ graceMs: null }, "graceMs must be a number, 0 or more, not null"],
    [{ threads: "worker" }, 'native has no option "threads"'],
    [null, "native needs an object of options"],
    ["worker", "native needs an object of options"],
  ])("refuses %j, which does not exist or is of another kind", (options, message) => {
    expect(() => native(options as NativeOptions)).toThrow(new TypeError(message));
  });

  test("takes settings that may be undefined, as a configuration has them", () => {
    const { thread, clock, maxThreads }: { thread?: NativeThread; clock?: ClockMode; maxThreads?: number } =
      {};
    expect(native({ thread, clock, maxThreads }).capabilities).toEqual(native().capabilities);
  });

  test("takes what makes sense, and nothing at all", () => {
    for (const options of [
      {},
      { clock: "real", random: "real", thread: "caller" },
      { maxCachedModules: 0, maxThreads: 1, graceMs: 0, sliceMs: 0.5 },
      { sliceMs: Number.POSITIVE_INFINITY },
    ] as const) {
      expect(native(options).name).toBe("native");
    }
  });
});
