import { describe, expect, test } from "vitest";
import { BinaryReader } from "../src/binary-reader.js";
import { FeatureSet } from "../src/features.js";
import { InstructionReader, Structure } from "../src/instructions.js";
import { KernelSession } from "../src/kernel/session.js";
import { modernSamples, portableSamples } from "./samples.js";
import { spreadOut } from "./spread-out.js";

interface Seen {
  readonly opcode: number;
  readonly offset: number;
  readonly immediates: number;
  readonly end: number;
  readonly depth: number;
  readonly enclosing: number;
}

/** All instructions of `code`, from `offset` on. */
function read(code: readonly number[], offset = 0): Seen[] {
  const seen: Seen[] = [];
  const instructions = new InstructionReader(new KernelSession(new FeatureSet()));
  instructions.enter(new BinaryReader(Uint8Array.from(code), "the code", offset));
  while (instructions.next()) {
    const { opcode, offset, immediates, end, depth, enclosing } = instructions;
    seen.push({ opcode, offset, immediates, end, depth, enclosing });
  }
  return seen;
}

describe("InstructionReader", () => {
  test("tells where instructions and their immediates are", () => {
    // i32.const 300; i32.load align=4 offset=128; memory.copy; v128.load16_lane; end
    const code = [0x41, 0xac, 0x02, 0x28, 2, 0x80, 1, 0xfc, 0x8a, 0, 0, 0, 0xfd, 0x55, 1, 0, 3, 0x0b];
    expect(
      read(code).map(({ opcode, offset, immediates, end }) => [opcode, offset, immediates, end]),
    ).toEqual([
      [0x41, 0, 1, 3],
      [0x28, 3, 4, 7],
      [0xfc000a, 7, 10, 12],
      [0xfd0055, 12, 14, 17],
      [0x0b, 17, 18, 18],
    ]);
  });

  test("reads offsets of up to 64 bits", () => {
    const code = [0x28, 0x42, 1, ...Array(9).fill(0xff), 1, 0x0b];
    expect(read(code).map(({ end }) => end)).toEqual([13, 14]);
    expect(() => read([0x28, 0, ...Array(9).fill(0xff), 2, 0x0b])).toThrow("found a LEB128 that overflows");
  });

  test("follows the constructs and their arms", () => {
    const { block, loop, try: tried, catch: caught, catchAll, tryTable } = Structure;
    const code = [
      ...[0x03, 0x40], // loop
      ...[0x04, 0x40, 0x05, 0x0b], // if else end
      ...[0x06, 0x40, 0x07, 0, 0x19, 0x0b], // try catch catch_all end
      ...[0x06, 0x40, 0x18, 0], // try delegate
      ...[0x1f, 0x40, 2, 0, 0, 0, 3, 0, 0x0b], // try_table with two clauses, end
      ...[0x0b, 0x0b], // end of the loop, end of the code
    ];
    expect(read(code).map(({ depth, enclosing }) => [depth, enclosing])).toEqual([
      [2, loop],
      ...[
        [3, Structure.if],
        [3, Structure.else],
        [2, loop],
      ],
      ...[
        [3, tried],
        [3, caught],
        [3, catchAll],
        [2, loop],
      ],
      ...[
        [3, tried],
        [2, loop],
      ],
      ...[
        [3, tryTable],
        [2, loop],
      ],
      [1, block],
      [0, block],
    ]);
  });

  test.each(Object.entries({ ...portableSamples, ...modernSamples }))(
    "sees the instructions of %s where the engine sees them",
    (_, module) => {
      expect(WebAssembly.validate(spreadOut(module))).toBe(WebAssembly.validate(module));
    },
  );

  test("remembers the constructs at any depth", () => {
    const depth = 300;
    const open = Array<number[]>(depth).fill([0x04, 0x40]).flat();
    const close = Array<number[]>(depth).fill([0x05, 0x0b]).flat();
    const seen = read([...open, ...close, 0x0b]);
    expect(seen[depth - 1]).toMatchObject({ depth: depth + 1, enclosing: Structure.if });
    expect(seen[depth]).toMatchObject({ depth: depth + 1, enclosing: Structure.else });
    expect(seen.at(-1)).toMatchObject({ depth: 0 });
  });

  test.each([
    ["catch", [0, 5, 3]],
    ["catch_ref", [1, 5, 3]],
    ["catch_all", [2, 3]],
    ["catch_all_ref", [3, 3]],
  ])("reads the clause %s of try_table", (_, clause) => {
    expect(read([0x1f, 0x40, 1, ...clause, 0x0b, 0x0b])[0]).toMatchObject({ end: 3 + clause.length });
  });

  test("stops behind the last end", () => {
    expect(read([0x01, 0x0b, 0xff]).at(-1)?.end).toBe(2);
    expect(read([0xff, 0x01, 0x0b], 1)).toHaveLength(2);
  });

  test("can be used again after an error", () => {
    const instructions = new InstructionReader(new KernelSession(new FeatureSet()));
    instructions.enter(new BinaryReader(Uint8Array.of(0x02, 0x40, 0xff), "the code"));
    instructions.next();
    expect(() => instructions.next()).toThrow("unknown opcode 0xff at offset 0x2");
    instructions.enter(new BinaryReader(Uint8Array.of(0x0b), "the code"));
    expect(instructions.next()).toBe(true);
    expect(instructions.next()).toBe(false);
  });

  test.each([
    ["else without if", [0x05, 0x0b]],
    ["else in a block", [0x02, 0x40, 0x05, 0x0b, 0x0b]],
    ["a second else", [0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b]],
    ["catch without try", [0x07, 0, 0x0b]],
    ["catch behind catch_all", [0x06, 0x40, 0x19, 0x07, 0, 0x0b, 0x0b]],
    ["a second catch_all", [0x06, 0x40, 0x19, 0x19, 0x0b, 0x0b]],
    ["catch_all in try_table", [0x1f, 0x40, 0, 0x19, 0x0b, 0x0b]],
    ["delegate without try", [0x18, 0, 0x0b]],
    ["delegate behind catch", [0x06, 0x40, 0x07, 0, 0x18, 0, 0x0b]],
  ])("refuses %s", (_, code) => {
    expect(() => read(code)).toThrow(/where no construct can have one/);
  });
});
