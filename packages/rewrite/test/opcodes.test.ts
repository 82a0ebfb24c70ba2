import { expect, test } from "vitest";
import { BinaryReader } from "../src/binary-reader.js";
import { FeatureSet } from "../src/features.js";
import { InstructionReader } from "../src/instructions.js";
import { KernelSession } from "../src/kernel/session.js";
import { WasmFormatError } from "../src/wasm-format-error.js";
import { assemble, id, leb, section, typeSection } from "./assemble.js";

/** All opcodes that there could be: of one byte, and of two parts as far as anybody has assigned them. */
const opcodes: readonly (readonly number[])[] = [
  ...[...Array(256).keys()].filter((byte) => byte < 0xfb || byte > 0xfe).map((byte) => [byte]),
  ...[0xfb, 0xfc, 0xfd, 0xfe].flatMap((prefix) =>
    [...Array(0x140).keys()].map((number) => [prefix, ...leb(number)]),
  ),
];

/** What an engine need not have: there are opcodes of it that we know and some engines do not. */
const optional = new Set(["relaxed-simd", "exceptions", "gc", "typed-function-references"]);
/** Garbage collection was renumbered, and has successors: what is an opcode there depends on the engine's age. */
const UNSETTLED = 0xfb;
/** An opcode that nobody has assigned. */
const UNASSIGNED = 0xff;
/** Immediates for the instructions that take no zeros. */
const immediatesOf = new Map([
  [0x1c, [1, 0x7f]],
  [0xd0, [0x70]],
]);

test("the engine knows the same opcodes", () => {
  const differences = opcodes.flatMap((opcode) => {
    if (opcode[0] === UNSETTLED) return [];
    const immediates = immediatesOf.get(opcode[0] as number) ?? [];
    const ours = readOne(opcode, immediates);
    const theirs = engineError([...opcode, ...immediates, ...Array(20).fill(0)]);
    const known = !/invalid (\w+ )?opcode|opcode not available/i.test(theirs);
    const excused = ours?.features.some((feature) => optional.has(feature)) === true && !known;
    return (ours !== undefined) === known || excused ? [] : [{ opcode, known, theirs }];
  });
  expect(differences).toEqual([]);
});

test("the engine sees the same immediates behind each opcode", () => {
  let compared = 0;
  for (const opcode of opcodes) {
    const immediates = immediatesOf.get(opcode[0] as number) ?? Array<number>(20).fill(0);
    // As long as there are too few immediates, the engine takes the unassigned opcode for one of them.
    const length = [...Array(immediates.length + 1).keys()].find((count) =>
      /invalid opcode 0xff/i.test(engineError([...opcode, ...immediates.slice(0, count), UNASSIGNED])),
    );
    if (length === undefined) continue;
    const ours = readOne(opcode, immediates);
    // An unknown opcode without a prefix stops the engine with the same words, so that it seems to have none.
    if (ours === undefined && length === 0) continue;
    expect({ opcode, length: ours?.length }).toEqual({ opcode, length });
    compared++;
  }
  // What is missing needs a construct around it, or an engine that knows it.
  expect(compared).toBeGreaterThan(480);
});

/** How many bytes of immediates we see behind `opcode`, and its features. Undefined if it is unknown. */
function readOne(
  opcode: readonly number[],
  immediates: readonly number[],
): { length: number; features: readonly string[] } | undefined {
  const features = new FeatureSet();
  const instructions = new InstructionReader(new KernelSession(features));
  // Arms of constructs stand in one: `try` for catch, catch_all and delegate, `if` for else.
  const opener = opcode[0] === 0x05 ? [0x04, 0x40] : [0x06, 0x40];
  const code = [...opener, ...opcode, ...immediates, ...Array(20).fill(0)];
  instructions.enter(new BinaryReader(Uint8Array.from(code), "code"));
  instructions.next();
  features.mask = 0;
  try {
    instructions.next();
  } catch (error) {
    if (error instanceof WasmFormatError && error.message.startsWith("unknown opcode")) return undefined;
    throw error;
  }
  return { length: instructions.end - instructions.immediates, features: features.list() };
}

/** What the engine says about a function with `instruction` in unreachable code, where operands do not matter. */
function engineError(instruction: readonly number[]): string {
  const body = [1, 1, 0x7f, 0x00, ...instruction, 0x0b];
  const module = assemble(
    typeSection,
    section(id.function, 1, 0),
    section(id.table, 1, 0x70, 0, 1),
    section(id.memory, 1, 0, 1),
    section(id.tag, 1, 0, 0),
    section(id.global, 1, 0x7f, 1, 0x41, 0, 0x0b),
    section(id.element, 1, 3, 0, 1, 0),
    section(id.dataCount, 1),
    section(id.code, 1, ...leb(body.length), ...body),
    section(id.data, 1, 1, 0),
  );
  try {
    new WebAssembly.Module(module);
    return "";
  } catch (error) {
    return String(error);
  }
}
