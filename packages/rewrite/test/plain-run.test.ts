import { expect, describe as group, test } from "vitest";
import { BinaryReader } from "../src/binary-reader.js";
import { FeatureSet } from "../src/features.js";
import { InstructionReader } from "../src/instructions.js";
import { PlainRun } from "../src/plain-run.js";
import { actionOf } from "../src/prepare/instruction-actions.js";
import { plainWeights } from "../src/prepare/weights.js";
import { randomNumbers } from "./mutate.js";

const LOCALS = 100;
const GLOBALS = 90;

/** What is passed over of `code`, of a function with {@link LOCALS} locals in a module with {@link GLOBALS} globals. */
function passed(code: readonly number[]) {
  const run = new PlainRun();
  const end = run.pass(Uint8Array.from([...code, 0x0b]), 0, code.length, LOCALS, GLOBALS);
  const { count, constant } = run;
  return { count, end, constant };
}

group("passes over", () => {
  test.each<readonly [string, readonly number[]]>([
    ["drop", [0x1a]],
    ["i32.add", [0x6a]],
    ["f64.reinterpret_i64", [0xbf]],
    ["local.get of the last local", [0x20, LOCALS - 1]],
    ["global.set of the last global", [0x24, GLOBALS - 1]],
    ["a load", [0x28, 0x02, 0x00]],
    ["a store with an offset that a linker wrote", [0x36, 0x02, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["an offset of 2^32-1", [0x28, 0x3f, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ["i64.const", [0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ["f32.const", [0x43, 0x0b, 0x0b, 0x0b, 0x0b]],
    ["f64.const", [0x44, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b]],
  ])("%s", (_, code) => {
    expect(passed([...code, ...code])).toEqual({ count: 2, end: 2 * code.length, constant: 0 });
  });

  test.each([
    [0x41, 0x00],
    [0x41, 0x7f],
    [0x41, 0x80, 0x80, 0x80, 0x80, 0x78],
    [0x41, 0xff, 0xff, 0xff, 0xff, 0x07],
  ])("i32.const, and says where its value is: %d %d", (...code) => {
    expect(passed([0x1a, ...code])).toEqual({ count: 2, end: 1 + code.length, constant: 2 });
  });
});

group("ends in front of", () => {
  test.each<readonly [string, readonly number[]]>([
    ["a local that the function does not have", [0x20, LOCALS]],
    ["a global that the module does not have", [0x23, GLOBALS]],
    ["an index of two bytes", [0x20, 0x80, 0x00]],
    ["an offset of six bytes", [0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["a memory that is named", [0x28, 0x42, 0x00, 0x00]],
    ["an i32 beyond 32 bits", [0x41, 0x80, 0x80, 0x80, 0x80, 0x08]],
    ["an i32 below 32 bits", [0x41, 0xff, 0xff, 0xff, 0xff, 0x77]],
    ["an i32 of six bytes", [0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["an i64 of ten bytes", [0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["a constant beyond the end", [0x44, 0x00, 0x00]],
    ["an index beyond the end", [0x20]],
    ["an offset beyond the end", [0x28, 0x02]],
    ["the end", []],
  ])("%s", (_, code) => {
    expect(passed([0x1a, ...code])).toEqual({ count: 1, end: 1, constant: 0 });
  });

  test("an instruction that ends too late", () => {
    const run = new PlainRun();
    expect(run.pass(Uint8Array.of(0x1a, 0x20, 0, 0x1a), 0, 2, LOCALS, GLOBALS)).toBe(1);
    expect(run.count).toBe(1);
    expect(run.pass(Uint8Array.of(0x1a), 0, 0, LOCALS, GLOBALS)).toBe(0);
    expect(run.count).toBe(0);
  });

  test("whatever something has to be done about, weighs more or less than 1, or is of a proposal", () => {
    const features = new FeatureSet();
    for (let opcode = 0; opcode < 0x100; opcode++) {
      if (passed([opcode, ...Array(12).fill(0)]).count === 0) continue;
      expect(plainWeights[opcode]).toBe(1);
      // Locals and globals are looked at here as they are elsewhere.
      if (opcode > 0x24) expect(actionOf(opcode)).toBe(0);
      const instructions = new InstructionReader(features);
      instructions.enter(new BinaryReader(Uint8Array.of(opcode, ...Array(12).fill(0)), "code"));
      instructions.next();
    }
    expect(features.list()).toEqual([]);
  });
});

test("what is passed over is what would be read one by one", () => {
  const random = randomNumbers(7);
  for (let round = 0; round < 2_000; round++) {
    const opcodes = Array.from({ length: 1 + random(12) }, () => 0x1a + random(0xa5));
    const code = opcodes.flatMap((opcode) => [
      opcode,
      ...Array.from({ length: random(11) }, () => random(0x100)),
    ]);
    const { count, end } = passed(code);
    const instructions = new InstructionReader(new FeatureSet());
    instructions.enter(new BinaryReader(Uint8Array.from([...code, 0x0b]), "code"));
    for (let i = 0; i < count; i++) expect(instructions.next()).toBe(true);
    if (count > 0) expect(instructions.end).toBe(end);
  }
});
