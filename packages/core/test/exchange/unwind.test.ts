import { describe, expect, test } from "vitest";
import { unwoundBy } from "../../src/exchange/unwind.js";

class InternalError extends Error {
  override readonly name = "InternalError";
}

describe("unwoundBy", () => {
  test.each<[what: string, thrown: unknown, code: string, message: string]>([
    [
      "a trap",
      new WebAssembly.RuntimeError("divide by zero"),
      "TRAPPED",
      "the guard trapped (divide by zero) in alloc; its instance is discarded",
    ],
    [
      "a stack overflow of V8",
      new RangeError("Maximum call stack size exceeded"),
      "TRAPPED",
      "the guard overflowed its stack in alloc; its instance is discarded",
    ],
    [
      "a stack overflow of SpiderMonkey",
      new InternalError("too much recursion"),
      "TRAPPED",
      "the guard overflowed its stack in alloc; its instance is discarded",
    ],
    [
      "no room for a memory",
      new RangeError("WebAssembly.Memory(): could not allocate memory"),
      "OUT_OF_MEMORY",
      "there is no memory for an instance of the guard: WebAssembly.Memory(): could not allocate memory",
    ],
    [
      "an exception of a host function",
      new TypeError("oops"),
      "TRAPPED",
      "the guard threw an exception that it did not catch in alloc; its instance is discarded",
    ],
    [
      "a string",
      "oops",
      "TRAPPED",
      "the guard threw an exception that it did not catch in alloc; its instance is discarded",
    ],
    [
      "nothing",
      undefined,
      "TRAPPED",
      "the guard threw an exception that it did not catch in alloc; its instance is discarded",
    ],
    [
      "null",
      null,
      "TRAPPED",
      "the guard threw an exception that it did not catch in alloc; its instance is discarded",
    ],
  ])(
    "takes %s for what it is, keeps it as the cause, and gives the instance up",
    (_what, thrown, code, message) => {
      const error = unwoundBy(thrown, "alloc");
      expect(error).toMatchObject({ code, message, lost: true });
      expect(error.cause).toBe(thrown);
    },
  );

  test("knows the real errors of this runtime", () => {
    const recurse = (): number => 1 + recurse();
    let overflow: unknown;
    try {
      recurse();
    } catch (error) {
      overflow = error;
    }
    expect(unwoundBy(overflow, "f").message).toContain("overflowed its stack");
  });
});
