import { describe, expect, test } from "vitest";
import type { PartialLimits } from "../src/engine.js";
import { defaultLimits, resolveLimits } from "../src/limits.js";

describe("defaultLimits", () => {
  test("are those of the reference, and ours where it has none", () => {
    expect(defaultLimits).toEqual({
      maxInputBytes: 8 * 1024 * 1024,
      initialOutputBytes: 4 * 1024 * 1024,
      maxOutputBytes: 16 * 1024 * 1024,
      maxAttempts: 3,
      maxMemoryPages: 512,
      maxTableElements: 100_000,
      maxModuleBytes: 8 * 1024 * 1024,
      maxBackendCalls: 50,
      maxBackendArgsBytes: 256 * 1024,
      maxLogBytes: 64 * 1024,
      allowDirectMemory: false,
    });
  });
});

describe("resolveLimits", () => {
  test("returns the defaults unless something is given", () => {
    expect(resolveLimits()).toEqual(defaultLimits);
    expect(resolveLimits({})).toEqual(defaultLimits);
    expect(resolveLimits({ maxLogBytes: undefined })).toEqual(defaultLimits);
  });

  test("bounds the initial output buffer by the largest one, unless it is named", () => {
    expect(resolveLimits({ maxOutputBytes: 1_048_576 }).initialOutputBytes).toBe(1_048_576);
    expect(resolveLimits({ maxOutputBytes: 33_554_432 }).initialOutputBytes).toBe(4_194_304);
  });

  test("returns what nobody can change", () => {
    expect(Object.isFrozen(resolveLimits())).toBe(true);
    expect(Object.isFrozen(defaultLimits)).toBe(true);
  });

  test("merges what is given, and changes neither side", () => {
    const given = Object.freeze({ maxBackendCalls: 0, allowDirectMemory: true });
    expect(resolveLimits(given)).toEqual({ ...defaultLimits, ...given });
    expect(defaultLimits.maxBackendCalls).toBe(50);
  });

  test.each<[limits: PartialLimits]>([
    [{ maxInputBytes: 0, maxBackendCalls: 0, maxBackendArgsBytes: 0, maxLogBytes: 0, maxTableElements: 0 }],
    [{ maxMemoryPages: 1 }],
    [{ maxMemoryPages: 65_536 }],
    [{ maxAttempts: 1 }],
    [{ initialOutputBytes: 4, maxOutputBytes: 4 }],
    [{ maxInputBytes: 2_147_483_647, maxOutputBytes: 2_147_483_647 }],
  ])("accepts %o", (limits) => {
    expect(resolveLimits(limits)).toMatchObject(limits);
  });

  test.each<[limits: Record<string, unknown>, named: string]>([
    [{ maxInputBytes: -1 }, "limits.maxInputBytes "],
    [{ maxInputBytes: 1.5 }, "limits.maxInputBytes "],
    [{ maxInputBytes: Number.NaN }, "limits.maxInputBytes "],
    [{ maxInputBytes: Number.POSITIVE_INFINITY }, "limits.maxInputBytes "],
    [{ maxLogBytes: 2 ** 53 }, "limits.maxLogBytes "],
    [{ maxAttempts: 0 }, "limits.maxAttempts "],
    [{ maxMemoryPages: 0 }, "limits.maxMemoryPages "],
    [{ maxMemoryPages: 65_537 }, "limits.maxMemoryPages "],
    [{ initialOutputBytes: 3 }, "limits.initialOutputBytes "],
    [{ initialOutputBytes: 16_777_217 }, "limits.initialOutputBytes "],
    [{ maxOutputBytes: 4_194_303, initialOutputBytes: 4_194_304 }, "limits.initialOutputBytes"],
    // The ABI's pointers and lengths have 32 bits, and a label function answers with a signed number.
    [{ maxInputBytes: 2_147_483_648 }, "limits.maxInputBytes "],
    [{ maxOutputBytes: 2_147_483_648 }, "limits.maxOutputBytes "],
    [{ maxOutputBytes: 4_294_967_300 }, "limits.maxOutputBytes "],
  ])("refuses %o, which is out of range, and names it", (limits, named) => {
    expect(() => resolveLimits(limits as PartialLimits)).toThrow(RangeError);
    expect(() => resolveLimits(limits as PartialLimits)).toThrow(named);
  });

  test.each<[limits: Record<string, unknown>, message: string]>([
    [{ maxInputByte: 1 }, "limits.maxInputByte is not a limit"],
    [{ constructor: 1 }, "limits.constructor is not a limit"],
    [JSON.parse('{"__proto__":1}'), "limits.__proto__ is not a limit"],
    [{ maxInputBytes: "8" }, 'limits.maxInputBytes must be a whole number from 0 up, not "8"'],
    [{ maxInputBytes: null }, "limits.maxInputBytes must be a whole number from 0 up, not null"],
    [{ allowDirectMemory: 1 }, "limits.allowDirectMemory must be true or false"],
    [{ allowDirectMemory: "false" }, "limits.allowDirectMemory must be true or false"],
  ])("refuses %o, which does not exist or is of another kind", (limits, message) => {
    expect(() => resolveLimits(limits as PartialLimits)).toThrow(new TypeError(message));
  });
});
