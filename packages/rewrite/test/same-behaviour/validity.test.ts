import { expect, describe as group, test } from "vitest";
import { prepare, WasmFormatError, WasmLimitError } from "../../src/index.js";
import { wat } from "../assemble.js";
import { mutations, randomNumbers } from "../mutate.js";
import { modernSamples, portableSamples } from "../samples.js";

const caps = { maxMemoryPages: 100, maxTableElements: 1_000 };
const MUTATIONS_PER_SAMPLE = 3_000;

const validate = (module: Uint8Array) => WebAssembly.validate(module as BufferSource);

/** What is made of the module, if anything is. */
function prepared(module: Uint8Array): Uint8Array | undefined {
  try {
    return prepare(module, caps);
  } catch (error) {
    if (error instanceof WasmFormatError || error instanceof WasmLimitError) return undefined;
    throw error;
  }
}

/** Whoever compiles what was prepared need not look at what that was made of. */
function becomesValid(module: Uint8Array): boolean {
  const made = prepared(module);
  return made !== undefined && validate(made) && !validate(module);
}

group("what is not valid does not become so", () => {
  test.each([
    ["a loop that leaves something", "(module (func (loop (i32.const 1))))"],
    [
      "a loop that leaves more than its result",
      "(module (func (result i32) (loop (result i32) (i32.const 1) (i32.const 2))))",
    ],
    ["a loop that leaves too little", "(module (func (result i32) (loop (result i32))))"],
    ["a loop that leaves something else", "(module (func (result i32) (loop (result i32) (i64.const 1))))"],
    [
      "a loop with a call that leaves something",
      "(module (func $f (loop $again (call $f) (br_if $again (i32.const 0)) (i32.const 1))))",
    ],
    [
      "a loop with parameters that leaves something",
      "(module (func (i32.const 0) (loop (param i32) (i32.const 1) (i32.const 1)) (drop)))",
    ],
    ["a branch to a loop with too little", "(module (func (loop (param i32) (drop) (br 0))))"],
    [
      "a reference to a start function that nothing else names",
      "(module (func $start) (start $start) (func (drop (ref.func $start))))",
    ],
    ["a start function with a parameter", "(module (func $start (param i32)) (start $start))"],
    ["a memory with too large a maximum", "(module (memory 1 65537))"],
    [
      "a length of another type",
      "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i64.const 0))))",
    ],
    ["growth by another type", "(module (memory 1) (func (drop (memory.grow (i64.const 0)))))"],
  ])("%s", (_, text) => {
    const module = wat(text);
    expect(validate(module)).toBe(false);
    expect(becomesValid(module)).toBe(false);
  });

  test.each(Object.entries({ ...portableSamples, ...modernSamples }))(
    "damaged at random: %s",
    (name, module) => {
      const random = randomNumbers(name.length * 104_729);
      const damaged = mutations(module, MUTATIONS_PER_SAMPLE, random);
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
      expect(damaged.filter(becomesValid).map(hex)).toEqual([]);
    },
  );
});

test("a start function that something else names may be referred to", () => {
  const module = wat(
    "(module (func $start) (start $start) (elem declare func $start) (func (drop (ref.func $start))))",
  );
  expect(validate(module)).toBe(true);
  expect(validate(prepare(module, caps))).toBe(true);
});
