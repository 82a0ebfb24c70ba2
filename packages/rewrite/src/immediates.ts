import type { BinaryReader } from "./binary-reader.js";
import type { FeatureSet } from "./features.js";
import { Immediate } from "./opcodes.js";
import { readHeapType, readValueType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** The block type of a block without parameters and results, as a byte and as a number. */
const EMPTY_BLOCK = 0x40;
const EMPTY_BLOCK_TYPE = -64;
/** In the alignment of a memarg: a memory index follows. */
const NAMES_MEMORY = 0x40;

/** Reads one immediate of `kind`, one of {@link Immediate}, and notes the features that it uses. */
export function readImmediate(reader: BinaryReader, kind: number, features: FeatureSet): void {
  switch (kind) {
    case Immediate.index:
      reader.u32("an index");
      break;
    case Immediate.memarg:
      readMemarg(reader, features);
      break;
    case Immediate.blockType:
      readBlockType(reader, features);
      break;
    case Immediate.s32:
      reader.s32("a constant");
      break;
    case Immediate.s64:
      reader.skipS64("a constant");
      break;
    case Immediate.bytes4:
      reader.skip(4, "a constant");
      break;
    case Immediate.bytes8:
      reader.skip(8, "a constant");
      break;
    case Immediate.bytes16:
      reader.skip(16, "a constant");
      break;
    case Immediate.lane:
      reader.byte("a lane");
      break;
    default:
      readRareImmediate(reader, kind, features);
  }
}

function readRareImmediate(reader: BinaryReader, kind: number, features: FeatureSet): void {
  switch (kind) {
    case Immediate.tableIndex:
      if (!readsZeroByte(reader, "a table index")) features.add("reference-types");
      break;
    case Immediate.memoryIndex:
      if (!readsZeroByte(reader, "a memory index")) features.add("multi-memory");
      break;
    case Immediate.labels:
      for (let count = reader.count("labels"); count > 0; count--) reader.u32("a label");
      reader.u32("the default label");
      break;
    case Immediate.selectType:
      readSelectType(reader, features);
      break;
    case Immediate.heapType:
      readHeapType(reader, features);
      break;
    case Immediate.catches:
      for (let count = reader.count("catch clauses"); count > 0; count--) readCatch(reader);
      break;
    case Immediate.castFlags:
      reader.byteUpTo(3, "the flags of a cast");
      break;
    case Immediate.zero:
      reader.byteUpTo(0, "a reserved byte");
      break;
    default:
      throw new Error(`the opcode table has an immediate of the unknown kind ${kind}`);
  }
}

function readMemarg(reader: BinaryReader, features: FeatureSet): void {
  const start = reader.offset;
  const flags = reader.u32("an alignment");
  if (flags >= 2 * NAMES_MEMORY) {
    throw new WasmFormatError(`expected an alignment below 64, found ${flags} in ${reader.where}`, start);
  }
  if (flags & NAMES_MEMORY) {
    features.add("multi-memory");
    reader.u32("a memory index");
  }
  // Offsets have 64 bits in the format, whatever memory they are for. 32 bits fit into five bytes.
  const offset = reader.offset;
  reader.u64("an offset");
  if (reader.offset - offset > 5) features.add("memory64");
}

function readBlockType(reader: BinaryReader, features: FeatureSet): void {
  if (reader.peek() === EMPTY_BLOCK) {
    reader.offset++;
    return;
  }
  const start = reader.offset;
  const value = reader.s33("a block type");
  if (value >= 0) {
    features.add("multi-value");
  } else if (value !== EMPTY_BLOCK_TYPE) {
    // What is negative as a number is the code of a value type, and may be followed by a heap type.
    reader.offset = start;
    readValueType(reader, features);
  }
}

/** Reads an index where the first version of WebAssembly has a zero byte. False if there is anything else. */
function readsZeroByte(reader: BinaryReader, what: string): boolean {
  const start = reader.offset;
  return reader.u32(what) === 0 && reader.offset === start + 1;
}

/** One clause of try_table. */
function readCatch(reader: BinaryReader): void {
  const kind = reader.byteUpTo(3, "the kind of a catch clause");
  // catch and catch_ref name a tag, catch_all and catch_all_ref do not.
  if (kind < 2) reader.u32("a tag");
  reader.u32("a label");
}

/**
 * The type of select. Only a list of one is valid, and any other number is an error here already: engines exist that
 * cut it to eight bits, so that they would see other instructions behind it than we do.
 */
function readSelectType(reader: BinaryReader, features: FeatureSet): void {
  const start = reader.offset;
  const count = reader.u32("the number of types");
  if (count !== 1) {
    throw new WasmFormatError(`expected one type for select, found ${count} in ${reader.where}`, start);
  }
  readValueType(reader, features);
}
