import { ALIGNMENT, OPCODE, SELECT_TYPES } from "../failure-kinds";
import { MEMORY64, MULTI_MEMORY, MULTI_VALUE, REFERENCE_TYPES } from "../feature-bits";
import { BinaryReader } from "./binary-reader";
import { exchange, fail, source } from "./exchange";
import {
  ATOMIC_PREFIX,
  BLOCK_TYPE,
  BYTES_4,
  BYTES_8,
  BYTES_16,
  CAST_FLAGS,
  CATCHES,
  CONST_S32,
  CONST_S64,
  GC_PREFIX,
  HEAP,
  IMMEDIATE_BITS,
  INDEX,
  LABELS,
  LANE,
  MEMARG,
  MEMORY_INDEX,
  prefixedRowOf,
  rowOf,
  SELECT_TYPE,
  TABLE_INDEX,
  UNKNOWN,
  ZERO,
} from "./opcodes";
import { isNumberType, readHeapType, readValueType } from "./value-types";

/** The block type of a block without parameters and results, as a byte and as a number. */
const EMPTY_BLOCK = 0x40;
const EMPTY_BLOCK_TYPE = -64;
const NO_TYPE_INDEX = -1;
/** In the alignment of a memarg: a memory index follows. */
const NAMES_MEMORY: u32 = 0x40;

/** Where the immediates of the instruction begin that {@link readInstruction} read last. */
let immediates: usize = 0;
/** What the immediates are of the opcode that was read last, see {@link rowOf}. */
let immediateKinds: u32 = 0;

/** Reads the instruction that comes next, and notes the features that it uses. Returns its opcode as {@link readOpcode} does. */
export function readInstruction(reader: BinaryReader): u32 {
  const opcode = readOpcode(reader);
  immediates = reader.at;
  readImmediates(reader);
  return opcode;
}

/** Tells JavaScript about the instruction `opcode` at `start`, which `reader` has read last. */
export function showInstruction(opcode: u32, reader: BinaryReader, start: usize): void {
  exchange.instructionOpcode = opcode;
  exchange.instructionOffset = <u32>(start - source.start);
  exchange.instructionImmediates = <u32>(immediates - source.start);
  exchange.instructionEnd = <u32>(reader.at - source.start);
}

/**
 * Reads an opcode, and notes the features that it stands for. Those of two parts are `prefix * 65536 + number`: 0xfc0008 is
 * memory.init.
 */
// @ts-ignore: decorator
@inline
export function readOpcode(reader: BinaryReader): u32 {
  const start = reader.at;
  const byte = reader.byte("an instruction");
  const isPrefixed = byte >= GC_PREFIX && byte <= ATOMIC_PREFIX;
  const number = isPrefixed ? reader.u32("an opcode") : byte;
  const row = isPrefixed ? prefixedRowOf(byte, number) : rowOf(byte);
  immediateKinds = row.immediates;
  if (immediateKinds == UNKNOWN) fail(OPCODE, "", reader, start);
  exchange.features |= row.features;
  return isPrefixed ? (byte << 16) | number : byte;
}

/** Reads what comes behind the opcode that was read last. */
export function readImmediates(reader: BinaryReader): void {
  for (let kinds = immediateKinds; kinds != 0; kinds >>>= IMMEDIATE_BITS) {
    readImmediate(reader, kinds & ((1 << IMMEDIATE_BITS) - 1));
  }
}

function readImmediate(reader: BinaryReader, kind: u32): void {
  switch (kind) {
    case INDEX:
      reader.u32("an index");
      break;
    case MEMARG:
      readMemarg(reader);
      break;
    case BLOCK_TYPE:
      readBlockType(reader);
      break;
    case CONST_S32:
      reader.s32("a constant");
      break;
    case CONST_S64:
      reader.skipS64("a constant");
      break;
    case BYTES_4:
      reader.skip(4, "a constant");
      break;
    case BYTES_8:
      reader.skip(8, "a constant");
      break;
    case BYTES_16:
      reader.skip(16, "a constant");
      break;
    case LANE:
      reader.byte("a lane");
      break;
    case TABLE_INDEX:
      readTableIndex(reader);
      break;
    case MEMORY_INDEX:
      if (!readsZeroByte(reader, "a memory index")) exchange.features |= MULTI_MEMORY;
      break;
    case LABELS:
      for (let count = reader.count("labels"); count > 0; count--) reader.u32("a label");
      reader.u32("the default label");
      break;
    case SELECT_TYPE:
      readSelectType(reader);
      break;
    case HEAP:
      readHeapType(reader);
      break;
    case CATCHES:
      for (let count = reader.count("catch clauses"); count > 0; count--) {
        readCatchKindAndTag(reader);
        reader.u32("a label");
      }
      break;
    case CAST_FLAGS:
      reader.byteUpTo(3, "the flags of a cast");
      break;
    case ZERO:
      reader.byteUpTo(0, "a reserved byte");
      break;
    default:
      unreachable();
  }
}

function readMemarg(reader: BinaryReader): void {
  const start = reader.at;
  const flags = reader.u32("an alignment");
  if (flags >= 2 * NAMES_MEMORY) fail(ALIGNMENT, "", reader, start, flags);
  if (flags & NAMES_MEMORY) {
    exchange.features |= MULTI_MEMORY;
    reader.u32("a memory index");
  }
  // Offsets have 64 bits in the format, whatever memory they are for. 32 bits fit into five bytes.
  const offset = reader.at;
  reader.skipU64("an offset");
  if (reader.at - offset > 5) exchange.features |= MEMORY64;
}

/** Returns the type index, or a negative number if there is none. */
export function readBlockType(reader: BinaryReader): i64 {
  const start = reader.at;
  const byte = reader.peek();
  if (byte == EMPTY_BLOCK || isNumberType(<u32>byte)) {
    reader.at++;
    return NO_TYPE_INDEX;
  }
  const value = reader.s33("a block type");
  if (value >= 0) {
    exchange.features |= MULTI_VALUE;
    exchange.typedBlocks++;
  } else if (value != EMPTY_BLOCK_TYPE) {
    // What is negative as a number is the code of a value type, and may be followed by a heap type.
    reader.at = start;
    readValueType(reader);
  }
  return value;
}

export function readTableIndex(reader: BinaryReader): void {
  if (!readsZeroByte(reader, "a table index")) exchange.features |= REFERENCE_TYPES;
}

/** Reads an index where the first version of WebAssembly has a zero byte. False if there is anything else. */
function readsZeroByte(reader: BinaryReader, what: string): bool {
  const start = reader.at;
  return reader.u32(what) == 0 && reader.at == start + 1;
}

/** A clause of try_table, but for its label. */
export function readCatchKindAndTag(reader: BinaryReader): void {
  const kind = reader.byteUpTo(3, "the kind of a catch clause");
  // catch and catch_ref name a tag, catch_all and catch_all_ref do not.
  if (kind < 2) reader.u32("a tag");
}

/**
 * The type of select. Only a list of one is valid, and any other number is an error here already: engines exist that
 * cut it to eight bits, so that they would see other instructions behind it than we do.
 */
function readSelectType(reader: BinaryReader): void {
  const start = reader.at;
  const count = reader.u32("the number of types");
  if (count != 1) fail(SELECT_TYPES, "", reader, start, count);
  readValueType(reader);
}
