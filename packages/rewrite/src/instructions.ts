import type { BinaryReader } from "./binary-reader.js";
import { Exchange } from "./kernel/kernel-exports.js";
import type { KernelSession } from "./kernel/session.js";

/** The opcodes that open, continue or close a construct. */
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

/**
 * A cursor over the instructions of one function body or constant expression after the other, which the kernel reads. It holds the
 * current instruction in its own fields, because an object for each would cost more than decoding it. The brackets of the
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
  /**
   * The opcode that opened the innermost construct open behind the instruction, or the arm of it that we are in:
   * one of {@link Structure}. The sequence itself counts as a block.
   */
  enclosing: number = Structure.block;

  readonly #kernel: KernelSession;
  #reader: BinaryReader | undefined;

  constructor(kernel: KernelSession) {
    this.#kernel = kernel;
  }

  /** Goes to the instruction sequence at the position of `reader`, which {@link next} then moves. */
  enter(reader: BinaryReader): void {
    this.#reader = reader;
    this.#kernel.run(reader, (kernel) => kernel.enter(reader.offset, reader.end));
  }

  /** Reads the next instruction. False when the sequence is over: its closing `end` was the last one read. */
  next(): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    if (!this.#kernel.holds(reader.bytes)) throw new Error("another module is read in between");
    if (!this.#kernel.run(reader, (kernel) => kernel.next())) return false;
    const { exchange } = this.#kernel;
    this.opcode = exchange[Exchange.instructionOpcode] as number;
    this.offset = exchange[Exchange.instructionOffset] as number;
    this.immediates = exchange[Exchange.instructionImmediates] as number;
    this.end = exchange[Exchange.instructionEnd] as number;
    this.depth = exchange[Exchange.depth] as number;
    this.enclosing = exchange[Exchange.enclosing] as number;
    reader.offset = this.end;
    return true;
  }
}

/** Passes over the one instruction sequence at the position of `reader`. */
export function skipInstructions(instructions: InstructionReader, reader: BinaryReader): void {
  instructions.enter(reader);
  while (instructions.next());
}
