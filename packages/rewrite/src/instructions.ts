import type { BinaryReader } from "./binary-reader.js";
import type { FeatureSet } from "./features.js";
import { readImmediate } from "./immediates.js";
import {
  IMMEDIATE_BITS,
  type OpcodeTable,
  plainOpcodes,
  prefixedOpcodes,
  UNKNOWN_OPCODE,
} from "./opcodes.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** The opcodes that open, continue or close a construct: some of those up to LAST_STRUCTURED. */
export const Structure = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  end: 0x0b,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
} as const;

const LAST_STRUCTURED = Structure.tryTable;
const IMMEDIATE_MASK = (1 << IMMEDIATE_BITS) - 1;

/**
 * A cursor over the instructions of one function body or constant expression after the other. It holds the current
 * instruction in its own fields, because an object for each would cost more than decoding it. The brackets of the
 * nested constructs are checked, types are not. Works without recursion, however deep the nesting is.
 *
 * ```ts
 * instructions.enter(reader);
 * while (instructions.next()) use(instructions.opcode, instructions.offset, instructions.end);
 * ```
 */
export class InstructionReader {
  /** Where the instruction begins. */
  offset = 0;
  /** Its opcode. For those of two parts `prefix * 65536 + number`: 0xfc0008 is memory.init. */
  opcode = 0;
  /** Where its immediates begin: behind the opcode. */
  immediates = 0;
  /** Where its immediates, and so the instruction, end. */
  end = 0;
  /** How many constructs are open behind the instruction; the sequence itself is the first. 0 behind its last end. */
  depth = 0;

  readonly #features: FeatureSet;
  #reader: BinaryReader | undefined;
  /** By depth, the opcode that opened the construct, or the arm of it that we are in. */
  #open = new Uint8Array(64);

  /** What the instructions use is added to `features`. */
  constructor(features: FeatureSet) {
    this.#features = features;
  }

  /** Goes to the instruction sequence at the position of `reader`, which {@link next} then moves. */
  enter(reader: BinaryReader): void {
    this.#reader = reader;
    this.depth = 0;
    this.#push(Structure.block);
  }

  /**
   * The opcode that opened the innermost construct open behind the instruction, or the arm of it that we are in:
   * one of {@link Structure}. The sequence itself counts as a block.
   */
  get enclosing(): number {
    return this.#open[this.depth - 1] ?? Structure.block;
  }

  /** Reads the next instruction. False when the sequence is over: its closing `end` was the last one read. */
  next(): boolean {
    const reader = this.#reader;
    if (reader === undefined || this.depth === 0) return false;
    this.read(reader);
    if (this.opcode <= LAST_STRUCTURED) this.#nest(this.opcode);
    return true;
  }

  /** Reads the instruction at the position of `reader`, which it moves behind it, whatever construct that is in. */
  read(reader: BinaryReader): void {
    this.offset = reader.offset;
    const byte = reader.byte("an instruction");
    let table = plainOpcodes;
    let number = byte;
    this.opcode = byte;
    const prefixed = byte >= 0xfb ? prefixedOpcodes.get(byte) : undefined;
    if (prefixed !== undefined) {
      table = prefixed;
      number = reader.u32("an opcode");
      this.opcode = byte * 0x10000 + number;
    }
    this.immediates = reader.offset;
    this.#readImmediates(reader, table, number);
    this.end = reader.offset;
  }

  #readImmediates(reader: BinaryReader, table: OpcodeTable, number: number): void {
    let kinds = number < table.immediates.length ? (table.immediates[number] as number) : UNKNOWN_OPCODE;
    if (kinds === 0 && table.features[number] === 0) return;
    if (kinds === UNKNOWN_OPCODE) this.#unknown(reader, number);
    this.#features.mask |= table.features[number] as number;
    for (; kinds !== 0; kinds >>>= IMMEDIATE_BITS) {
      readImmediate(reader, kinds & IMMEDIATE_MASK, this.#features);
    }
  }

  #nest(opcode: number): void {
    switch (opcode) {
      case Structure.block:
      case Structure.loop:
      case Structure.if:
      case Structure.try:
      case Structure.tryTable:
        this.#push(opcode);
        break;
      case Structure.else:
      case Structure.catch:
      case Structure.catchAll:
        checkArm(opcode, this.enclosing, this.offset);
        this.#open[this.depth - 1] = opcode;
        break;
      case Structure.delegate:
        checkArm(opcode, this.enclosing, this.offset);
        this.depth--;
        break;
      case Structure.end:
        this.depth--;
        break;
    }
  }

  #push(opcode: number): void {
    if (this.depth === this.#open.length) {
      const larger = new Uint8Array(2 * this.depth);
      larger.set(this.#open);
      this.#open = larger;
    }
    this.#open[this.depth++] = opcode;
  }

  #unknown({ bytes }: BinaryReader, number: number): never {
    const first = `0x${bytes[this.offset]?.toString(16).padStart(2, "0")}`;
    const name = this.opcode > 0xff ? `${first} 0x${number.toString(16)}` : first;
    throw new WasmFormatError(`unknown opcode ${name}`, this.offset);
  }
}

/** What a construct goes on with, and what opened it or the arm before. */
const arms: ReadonlyMap<number, { readonly name: string; readonly behind: readonly number[] }> = new Map([
  [Structure.else, { name: "else", behind: [Structure.if] }],
  [Structure.catch, { name: "catch", behind: [Structure.try, Structure.catch] }],
  [Structure.catchAll, { name: "catch_all", behind: [Structure.try, Structure.catch] }],
  [Structure.delegate, { name: "delegate", behind: [Structure.try] }],
]);

/** Throws unless the arm `opcode`, which is at `offset`, can come behind what was opened by `enclosing`. */
export function checkArm(opcode: number, enclosing: number, offset: number): void {
  const arm = arms.get(opcode);
  if (arm === undefined || arm.behind.includes(enclosing)) return;
  throw new WasmFormatError(`found ${arm.name} where no construct can have one`, offset);
}

/** Passes over the one instruction sequence at the position of `reader`. */
export function skipInstructions(instructions: InstructionReader, reader: BinaryReader): void {
  instructions.enter(reader);
  while (instructions.next());
}
