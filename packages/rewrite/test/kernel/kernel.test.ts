import { expect, describe as group, test } from "vitest";
import { BinaryReader } from "../../src/binary-reader.js";
import { FeatureSet } from "../../src/features.js";
import { describe, prepare, WasmFormatError, WasmUnavailableError } from "../../src/index.js";
import { InstructionReader, skipInstructions } from "../../src/instructions.js";
import { actionOf, CALL, CALL_INDIRECT } from "../../src/kernel/assembly/actions.js";
import { FUNCTION_WEIGHT, UNWINDABLE_FUNCTION_WEIGHT, weightOf } from "../../src/kernel/assembly/weights.js";
import { throwFailure } from "../../src/kernel/failure.js";
import { Kernel } from "../../src/kernel/kernel.js";
import { Exchange } from "../../src/kernel/kernel-exports.js";
import { KernelSession } from "../../src/kernel/session.js";
import { assemble, id, leb, section, typeSection, withCode } from "../assemble.js";
import { randomNumbers } from "../mutate.js";

/** How many constructs are added around what is in a loop. */
const LOOP_NESTING = 3;
const LOOP_LINING = 1;

const caps = { maxMemoryPages: 512, maxTableElements: 1_000 };

/** What `describe` and `prepare` have to say of a module: nothing if it is a module to them. */
function problemOf(module: Uint8Array, look: (module: Uint8Array) => unknown): string | undefined {
  try {
    look(module);
    return undefined;
  } catch (error) {
    if (error instanceof WasmFormatError) return error.message;
    throw error;
  }
}

/** The same, and what features are in use, of code that is read one instruction after the other. */
function readOneByOne(module: Uint8Array, start: number): readonly [string | undefined, readonly string[]] {
  const features = new FeatureSet();
  const reader = new BinaryReader(module, "the body of function 0", start);
  const problem = problemOf(module, () => {
    skipInstructions(new InstructionReader(new KernelSession(features)), reader);
    reader.finish();
  });
  return [problem, features.list()];
}

test("instructions that are passed over in runs are those that are read one by one", () => {
  const random = randomNumbers(7);
  let right = 0;
  for (let round = 0; round < 20_000; round++) {
    const code = Array.from({ length: 1 + random(5) }, () => 0x1a + random(0xa9)).flatMap((opcode) => [
      opcode,
      ...Array.from({ length: random(11) }, () => (random(3) === 0 ? random(0x100) : 0x80 * random(2))),
    ]);
    const module = withCode(code);
    const [problem, features] = readOneByOne(module, module.length - code.length - 1);
    expect(problemOf(module, describe)).toBe(problem);
    if (problem !== undefined) continue;
    right++;
    expect(describe(module).features).toEqual(features);
  }
  expect(right).toBeGreaterThan(1_000);
});

test("numbers are read as JavaScript reads them", () => {
  const readers: readonly (readonly [opcode: readonly number[], read: (reader: BinaryReader) => unknown])[] =
    [
      [[0x20], (reader) => reader.u32("an index")],
      [[0x28, 0x00], (reader) => reader.u64("an offset")],
      [[0x41], (reader) => reader.s32("a constant")],
      [[0x42], (reader) => reader.skipS64("a constant")],
      [[0xd0], (reader) => reader.s33("a heap type")],
    ];
  const random = randomNumbers(11);
  const tops = [
    0x00, 0x01, 0x02, 0x07, 0x08, 0x0f, 0x10, 0x3f, 0x40, 0x6f, 0x70, 0x77, 0x78, 0x7e, 0x7f, 0x80,
  ];
  let [right, wrong] = [0, 0];
  for (let round = 0; round < 5_000; round++) {
    for (const [opcode, read] of readers) {
      const number = [
        ...Array.from({ length: random(11) }, () => 0x80 | random(0x80)),
        tops[random(tops.length)] as number,
      ].slice(0, 1 + random(12));
      const code = Uint8Array.from([...opcode, ...number]);
      const reader = new BinaryReader(code, "the code", opcode.length);
      const expected = problemOf(code, () => read(reader));
      const instructions = new InstructionReader(new KernelSession(new FeatureSet()));
      instructions.enter(new BinaryReader(code, "the code"));
      const found = problemOf(code, () => instructions.next());
      // A heap type that is a number need not be one that exists.
      if (found?.startsWith("expected a heap type, found the unknown")) continue;
      expect(found).toBe(expected);
      if (found === undefined) expect(instructions.end).toBe(reader.offset);
      if (found === undefined) right++;
      else wrong++;
    }
  }
  expect(Math.min(right, wrong)).toBeGreaterThan(5_000);
});

test("prepare refuses what describe does", () => {
  const random = randomNumbers(13);
  const constructs = [
    [0x02, 0x40],
    [0x04, 0x40],
    [0x06, 0x40],
    [0x1f, 0x40, 0],
    [0x05],
    [0x07, 0],
    [0x19],
    [0x18, 0],
    [0x0b],
  ];
  let [right, wrong] = [0, 0];
  for (let round = 0; round < 20_000; round++) {
    const code = Array.from(
      { length: 1 + random(6) },
      () => constructs[random(constructs.length)] as number[],
    ).flat();
    const module = withCode([...code, ...Array(random(4)).fill(0x0b)]);
    const problem = problemOf(module, describe);
    const refusal = problemOf(module, (bytes) => prepare(bytes, caps));
    // Labels are no concern of describe's.
    if (refusal?.startsWith("expected a label below")) continue;
    expect(refusal).toBe(problem);
    if (problem === undefined) right++;
    else wrong++;
  }
  expect(Math.min(right, wrong)).toBeGreaterThan(500);
});

test.each<readonly [string, readonly number[]]>([
  ["gc", [0xd3]],
  ["typed-function-references", [0xd4]],
  ["memory64", [0x28, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0]],
  ["multi-memory", [0x3f, 1]],
  ["threads", [0xfe, 3, 0]],
])("prepare refuses a function that uses %s", (feature, code) => {
  const body = [0, ...code, 0x0b];
  const functions = [typeSection, section(id.function, 2, 0, 0)] as const;
  // Nobody reads the second one any more.
  const bodies = section(id.code, 2, ...leb(body.length), ...body, 3, 0, 0xff, 0x0b);
  const module = assemble(...functions, bodies);
  const end = `0x${(module.length - 4).toString(16)}`;
  expect(problemOf(module, (bytes) => prepare(bytes, caps))).toBe(
    `cannot prepare the module: it uses ${feature}, found at offset ${end}`,
  );
});

/** What the check at the entry of the one function charges. */
function entryCharge(code: readonly number[]): number {
  const prepared = prepare(
    withCode(
      code,
      section(id.table, 1, 0x70, 0, 1),
      section(id.memory, 1, 0, 1),
      section(id.tag, 1, 0, 0),
      section(id.global, 1, 0x7f, 1, 0x41, 0, 0x0b),
      section(id.export, 1, 1, 0x66, 0, 0),
    ),
    caps,
  );
  // global.get of the countdown, i32.const, i32.lt_s
  const at = prepared.findIndex(
    (byte, i) =>
      byte === 0x23 && prepared[i + 1] === 1 && prepared[i + 2] === 0x41 && prepared[i + 5] === 0x48,
  );
  return ((prepared[at + 3] as number) & 0x7f) | ((prepared[at + 4] as number) << 7);
}

group("a function is charged for", () => {
  const immediates = new Map([
    [0x1c, [1, 0x7f]],
    [0xd0, [0x70]],
    [0x0e, [0, 0]],
  ]);
  /** How many zeros make the immediates of an instruction, as far as it has any of one kind only. */
  const zeros = (opcode: readonly number[]) =>
    [...Array(17).keys()].find((count) => {
      const [problem] = readOneByOne(Uint8Array.from([...opcode, ...Array(count).fill(0), 0x0b]), 0);
      return problem === undefined;
    });
  const opcodes = [
    ...[...Array(0xfb).keys()].map((byte) => ({ opcode: byte, bytes: [byte] })),
    ...[...Array(0x12).keys()].map((number) => ({ opcode: 0xfc_0000 + number, bytes: [0xfc, number] })),
    ...[...Array(0x114).keys()].map((number) => ({
      opcode: 0xfd_0000 + number,
      bytes: [0xfd, ...leb(number)],
    })),
  ];

  /** rethrow and throw_ref: where they are, exceptions are caught. */
  const rethrows = new Set([0x09, 0x0a]);

  test("what its instructions weigh", () => {
    expect(entryCharge([])).toBe(FUNCTION_WEIGHT);
    let weighed = 0;
    for (const { opcode, bytes } of opcodes) {
      const action = actionOf(opcode);
      // What calls cost depends on what is called.
      if (action === CALL || action === CALL_INDIRECT) continue;
      const rest = immediates.get(opcode) ?? Array(zeros(bytes) ?? 0).fill(0);
      const code = [...bytes, ...rest];
      // Constructs, their arms, what names a local, and what is refused.
      if (problemOf(Uint8Array.of(), () => entryCharge([...code, 0x01])) !== undefined) continue;
      const base = rethrows.has(opcode) ? UNWINDABLE_FUNCTION_WEIGHT : FUNCTION_WEIGHT;
      expect({ opcode, charge: entryCharge(code) }).toEqual({ opcode, charge: base + weightOf(opcode) });
      weighed++;
    }
    expect(weighed).toBeGreaterThan(430);
  });

  test("what is run before an exception, where one is caught", () => {
    const nops = (count: number) => Array<number>(count).fill(0x01);
    // block; try_table (catch_all 0); …; unreachable; end; unreachable; end; …
    const code = [0x02, 0x40, 0x1f, 0x40, 1, 2, 0, ...nops(100), 0x00, 0x0b, 0x00, 0x0b, ...nops(50)];
    expect(entryCharge(code)).toBe(UNWINDABLE_FUNCTION_WEIGHT + 2 + 150);
  });
});

test("a delegate leads out of a loop, past what is added around it", () => {
  // block; loop; try; delegate 1; end; end
  const prepared = prepare(withCode([0x02, 0x40, 0x03, 0x40, 0x06, 0x40, 0x18, 1, 0x0b, 0x0b]), caps);
  const at = prepared.findIndex(
    (byte, i) => byte === 0x06 && prepared[i + 1] === 0x40 && prepared[i + 2] === 0x18,
  );
  expect(prepared[at + 3]).toBe(1 + LOOP_NESTING + LOOP_LINING);
});

group("the kernel", () => {
  test("says when there is no memory, and can be used again", () => {
    const kernel = new Kernel();
    const bytes = Uint8Array.of(0x0b);
    expect(() => kernel.exports.begin(0xffff_ffff, 0)).toThrow(WebAssembly.RuntimeError);
    expect(() => throwFailure(kernel, { bytes, where: "it" })).toThrow(WasmUnavailableError);
    const address = kernel.exports.begin(1, 0);
    new Uint8Array(kernel.exports.memory.buffer).set(bytes, address);
    kernel.exports.enter(0, 1);
    expect(kernel.exports.next()).toBe(1);
    expect(kernel.exports.next()).toBe(0);
  });

  test("is contradicted when it finds wrong what is right", () => {
    const kernel = new Kernel();
    const address = kernel.exports.begin(1, 0);
    new Uint8Array(kernel.exports.memory.buffer)[address] = 0x20;
    kernel.exports.enter(0, 1);
    expect(() => kernel.exports.next()).toThrow(WebAssembly.RuntimeError);
    const failure = (...bytes: number[]) =>
      throwFailure(kernel, { bytes: Uint8Array.from(bytes), where: "it" });
    expect(() => failure(0x20)).toThrow("expected an index, found the end of it at offset 0x1");
    kernel.exchange[Exchange.end] = 2;
    expect(() => failure(0x20, 0x00)).toThrow("and there is none");
  });

  test("is not taken away unnoticed", () => {
    const code = Uint8Array.of(0x01, 0x0b);
    const instructions = new InstructionReader(new KernelSession(new FeatureSet()));
    instructions.enter(new BinaryReader(code, "the code"));
    expect(instructions.next()).toBe(true);
    describe(withCode([]));
    expect(() => instructions.next()).toThrow("another module is read in between");
  });
});
