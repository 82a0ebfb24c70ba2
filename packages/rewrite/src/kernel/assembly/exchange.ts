import { BinaryReader } from "./binary-reader";

/**
 * What JavaScript and the kernel tell each other, beside arguments and results. Offsets count from the start of the module.
 * JavaScript knows the fields by their place, see ../kernel.ts.
 */
@unmanaged
class Exchange {
  /** The bits of all features that the module is known to use. */
  features: u32;

  /** One of ../failure-kinds. What follows says where it is. */
  failure: i32;
  /** The name of what was expected. */
  what: usize;
  offset: u32;
  /** Where the part of the module ends that was read. */
  end: u32;
  /** The bound, the length or the number that was found. */
  argument: u32;
  /** The function whose body was read, or -1. */
  functionIndex: i32;

  /** The instruction that was read last. */
  instructionOpcode: u32;
  instructionOffset: u32;
  instructionImmediates: u32;
  instructionEnd: u32;
  /** How many constructs are open behind it, and the innermost one. */
  depth: u32;
  enclosing: u32;

  /** The content of the code section that was written. */
  output: usize;
  outputLength: u32;

  // Of all bodies that were read:
  /** Their locals, 2^32-1 at most. */
  locals: u32;
  /** Their blocks whose type is one of the type section. */
  typedBlocks: u32;
  /** How many constructs were open at a time, at most. */
  nesting: u32;

  /** Is to be called before they are read. */
  forgetBodies(): void {
    this.locals = 0;
    this.typedBlocks = 0;
    this.nesting = 0;
  }

  /** Counts the locals of a body. */
  addLocals(count: u32): void {
    this.locals = this.locals > u32.MAX_VALUE - count ? u32.MAX_VALUE : this.locals + count;
  }
}

export const exchange = changetype<Exchange>(memory.data(offsetof<Exchange>()));

/** What is read: the module, with what JavaScript has read of it. */
@unmanaged
class Source {
  /** Where its bytes are. */
  start: usize;
  end: usize;
  /** What engines take of locals. */
  maxLocals: u32;
}

export const source = changetype<Source>(memory.data(offsetof<Source>()));

/** Ends the operation: `reader` found something wrong from `start` on. */
export function fail(kind: i32, what: string, reader: BinaryReader, start: usize, argument: u32 = 0): void {
  exchange.failure = kind;
  exchange.what = changetype<usize>(what);
  exchange.offset = <u32>(start - source.start);
  exchange.end = <u32>(reader.end - source.start);
  exchange.argument = argument;
  exchange.functionIndex = reader.functionIndex;
  unreachable();
}
