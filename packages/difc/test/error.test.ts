import { expect, test } from "vitest";
import { DifcError } from "../src/error.js";

test("carries code, message and cause, and keeps its brand out of sight", () => {
  const cause = new Error("why");
  const error = new DifcError("POLICY", "what", { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "DifcError", code: "POLICY", message: "what", cause });
  expect(Object.keys(error).sort()).toEqual(["code", "name"]);
  expect("cause" in new DifcError("POLICY", "what")).toBe(false);
});

test("is known by its brand, also from another copy of the package", async () => {
  const copy = await import("../dist/error.js?copy" as string);
  const foreign: unknown = new copy.DifcError("POLICY", "what");
  expect(foreign instanceof DifcError).toBe(false);
  expect(DifcError.is(foreign)).toBe(true);
  expect(DifcError.is(foreign, "POLICY")).toBe(true);
  expect(DifcError.is(foreign, "INVALID_MODE")).toBe(false);
});

test.each([null, undefined, "POLICY", new Error("what"), { code: "POLICY" }])("%s is none", (value) => {
  expect(DifcError.is(value)).toBe(false);
});
