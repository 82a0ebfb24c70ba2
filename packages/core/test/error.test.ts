import { describe, expect, expectTypeOf, test } from "vitest";
import { GuardError, type GuardErrorCode } from "../src/error.js";

/** The built package a second and a third time, as two installs of it would be. */
const firstCopy = await import("../dist/error.js?first" as string);
const secondCopy = await import("../dist/error.js?second" as string);

describe("GuardError", () => {
  test("carries code, message, cause and loss", () => {
    const cause = new Error("why");
    const error = new GuardError("TRAPPED", "what", { lost: true, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "GuardError", code: "TRAPPED", message: "what", lost: true, cause });
    expect(error.stack).toContain("error.test.ts");
    expect(String(error)).toBe("GuardError: what");
  });

  test("loses nothing and has no cause unless told", () => {
    const error = new GuardError("BUSY", "what");
    expect(error.lost).toBe(false);
    expect("cause" in error).toBe(false);
    expect("cause" in new GuardError("BUSY", "what", { cause: undefined })).toBe(false);
  });

  test("keeps its brand out of sight", () => {
    expect(Object.keys(new GuardError("BUSY", "what")).sort()).toEqual(["code", "lost", "name"]);
  });
});

describe("GuardError.is", () => {
  test("knows errors of another copy of the class, which instanceof does not", () => {
    expect(firstCopy.GuardError).not.toBe(secondCopy.GuardError);
    const foreign = new secondCopy.GuardError("TIMEOUT", "late");
    expect(foreign).not.toBeInstanceOf(firstCopy.GuardError);
    expect(firstCopy.GuardError.is(foreign)).toBe(true);
    expect(firstCopy.GuardError.is(foreign, "TIMEOUT")).toBe(true);
    expect(firstCopy.GuardError.is(foreign, "BUSY")).toBe(false);
    expect(GuardError.is(foreign, "TIMEOUT")).toBe(true);
    expect(secondCopy.GuardError.is(new GuardError("BUSY", "what"), "BUSY")).toBe(true);
  });

  test("narrows the code to the one that was asked for", () => {
    const error: unknown = new GuardError("TIMEOUT", "late");
    if (!GuardError.is(error, "TIMEOUT")) throw error;
    expectTypeOf(error.code).toEqualTypeOf<"TIMEOUT">();
    const any: unknown = error;
    if (!GuardError.is(any)) throw any;
    expectTypeOf(any.code).toEqualTypeOf<GuardErrorCode>();
  });

  test("knows subclasses", () => {
    class Special extends GuardError {}
    expect(GuardError.is(new Special("BUSY", "what"), "BUSY")).toBe(true);
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a string", "GuardError"],
    ["another error", new Error("GuardError")],
    ["an object that looks like one", { name: "GuardError", code: "BUSY", lost: false }],
    ["a function", () => 1],
  ])("is not fooled by %s", (_name, value) => {
    expect(GuardError.is(value)).toBe(false);
    expect(GuardError.is(value, "BUSY")).toBe(false);
  });
});
