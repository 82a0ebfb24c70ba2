import {
  BULK_MEMORY,
  EITHER_EXCEPTIONS,
  EXCEPTIONS,
  GC,
  LEGACY_EXCEPTIONS,
  REFERENCE_TYPES,
  RELAXED_SIMD,
  SATURATING_FLOAT_TO_INT,
  SIGN_EXTENSION,
  SIMD,
  TAIL_CALLS,
  THREADS,
  TYPED_FUNCTION_REFERENCES,
} from "../feature-bits";

// What an instruction carries behind its opcode, piece by piece.

/** The index of a label, function, type, tag, local, global, segment or field, or a length. */
export const INDEX: u32 = 1;
export const TABLE_INDEX: u32 = 2;
export const MEMORY_INDEX: u32 = 3;
/** Alignment, perhaps a memory index, and an offset. */
export const MEMARG: u32 = 4;
export const BLOCK_TYPE: u32 = 5;
/** The labels of br_table, the default one last. */
export const LABELS: u32 = 6;
/** The type of select, as a list of one. */
export const SELECT_TYPE: u32 = 7;
/** The clauses of try_table. */
export const CATCHES: u32 = 8;
export const HEAP: u32 = 9;
/** Which operands of a cast may be null, in two bits. */
export const CAST_FLAGS: u32 = 10;
/** A byte that has to be zero. */
export const ZERO: u32 = 11;
export const LANE: u32 = 12;
export const CONST_S32: u32 = 13;
export const CONST_S64: u32 = 14;
export const BYTES_4: u32 = 15;
export const BYTES_8: u32 = 16;
export const BYTES_16: u32 = 17;

/** How many bits one of them takes. */
export const IMMEDIATE_BITS: u32 = 5;

/** The opcodes that share a prefix, or that have none. */
@unmanaged
class OpcodeRow {
  /** Its immediates, {@link IMMEDIATE_BITS} each, the first one lowest. {@link UNKNOWN} for an opcode that nobody knows. */
  immediates: u32;
  /** The bits of the features it stands for. */
  features: u32;
}

export const UNKNOWN: u32 = 0xffff_ffff;

// One row behind the other: those of one byte, and those behind each prefix.
const PLAIN_ROWS: u32 = 0xd7;
const GC_ROWS: u32 = 31;
const BULK_ROWS: u32 = 18;
const VECTOR_ROWS: u32 = 0x114;
const ATOMIC_ROWS: u32 = 0x4f;
const GC_START: u32 = PLAIN_ROWS;
const BULK_START: u32 = GC_START + GC_ROWS;
const VECTOR_START: u32 = BULK_START + BULK_ROWS;
const ATOMIC_START: u32 = VECTOR_START + VECTOR_ROWS;
const ALL_ROWS: u32 = ATOMIC_START + ATOMIC_ROWS;

export const GC_PREFIX: u32 = 0xfb;
const BULK_PREFIX: u32 = 0xfc;
const VECTOR_PREFIX: u32 = 0xfd;
export const ATOMIC_PREFIX: u32 = 0xfe;

const rows = memory.data(offsetof<OpcodeRow>() * (ALL_ROWS + 1));
const unknownRow = rowAt(ALL_ROWS);

function rowAt(index: u32): OpcodeRow {
  return changetype<OpcodeRow>(rows + index * offsetof<OpcodeRow>());
}

/** What to know of an opcode of one byte. */
// @ts-ignore: decorator
@inline
export function rowOf(byte: u32): OpcodeRow {
  return byte < PLAIN_ROWS ? rowAt(byte) : unknownRow;
}

/** What to know of the opcode `number` behind one of the prefixes. */
export function prefixedRowOf(prefix: u32, number: u32): OpcodeRow {
  switch (prefix) {
    case GC_PREFIX:
      return number < GC_ROWS ? rowAt(GC_START + number) : unknownRow;
    case BULK_PREFIX:
      return number < BULK_ROWS ? rowAt(BULK_START + number) : unknownRow;
    case VECTOR_PREFIX:
      return number < VECTOR_ROWS ? rowAt(VECTOR_START + number) : unknownRow;
    default:
      return number < ATOMIC_ROWS ? rowAt(ATOMIC_START + number) : unknownRow;
  }
}

function set(start: u32, first: u32, last: u32, immediates: u32, features: u32 = 0): void {
  for (let number = first; number <= last; number++) {
    const row = rowAt(start + number);
    row.immediates = immediates;
    row.features = features;
  }
}

// @ts-ignore: decorator
@inline
function then(first: u32, second: u32): u32 {
  return first | (second << IMMEDIATE_BITS);
}

function setPlain(): void {
  set(0, 0x00, 0x01, 0); // unreachable, nop
  set(0, 0x02, 0x04, BLOCK_TYPE); // block, loop, if
  set(0, 0x05, 0x05, 0); // else
  set(0, 0x06, 0x06, BLOCK_TYPE, LEGACY_EXCEPTIONS); // try
  set(0, 0x07, 0x07, INDEX, LEGACY_EXCEPTIONS); // catch
  set(0, 0x08, 0x08, INDEX, EITHER_EXCEPTIONS); // throw
  set(0, 0x09, 0x09, INDEX, LEGACY_EXCEPTIONS); // rethrow
  set(0, 0x0a, 0x0a, 0, EXCEPTIONS); // throw_ref
  set(0, 0x0b, 0x0b, 0); // end
  set(0, 0x0c, 0x0d, INDEX); // br, br_if
  set(0, 0x0e, 0x0e, LABELS); // br_table
  set(0, 0x0f, 0x0f, 0); // return
  set(0, 0x10, 0x10, INDEX); // call
  set(0, 0x11, 0x11, then(INDEX, TABLE_INDEX)); // call_indirect
  set(0, 0x12, 0x12, INDEX, TAIL_CALLS); // return_call
  set(0, 0x13, 0x13, then(INDEX, TABLE_INDEX), TAIL_CALLS); // return_call_indirect
  set(0, 0x14, 0x14, INDEX, TYPED_FUNCTION_REFERENCES); // call_ref
  set(0, 0x15, 0x15, INDEX, TYPED_FUNCTION_REFERENCES | TAIL_CALLS); // return_call_ref
  set(0, 0x18, 0x18, INDEX, LEGACY_EXCEPTIONS); // delegate
  set(0, 0x19, 0x19, 0, LEGACY_EXCEPTIONS); // catch_all
  set(0, 0x1a, 0x1b, 0); // drop, select
  set(0, 0x1c, 0x1c, SELECT_TYPE, REFERENCE_TYPES); // select with types
  set(0, 0x1f, 0x1f, then(BLOCK_TYPE, CATCHES), EXCEPTIONS); // try_table
  set(0, 0x20, 0x24, INDEX); // local.get, local.set, local.tee, global.get, global.set
  set(0, 0x25, 0x26, TABLE_INDEX, REFERENCE_TYPES); // table.get, table.set
  set(0, 0x28, 0x3e, MEMARG); // i32.load to i64.store32
  set(0, 0x3f, 0x40, MEMORY_INDEX); // memory.size, memory.grow
  set(0, 0x41, 0x41, CONST_S32); // i32.const
  set(0, 0x42, 0x42, CONST_S64); // i64.const
  set(0, 0x43, 0x43, BYTES_4); // f32.const
  set(0, 0x44, 0x44, BYTES_8); // f64.const
  set(0, 0x45, 0xbf, 0); // i32.eqz to f64.reinterpret_i64
  set(0, 0xc0, 0xc4, 0, SIGN_EXTENSION); // i32.extend8_s to i64.extend32_s
  set(0, 0xd0, 0xd0, HEAP, REFERENCE_TYPES); // ref.null
  set(0, 0xd1, 0xd1, 0, REFERENCE_TYPES); // ref.is_null
  set(0, 0xd2, 0xd2, INDEX, REFERENCE_TYPES); // ref.func
  set(0, 0xd3, 0xd3, 0, GC); // ref.eq
  set(0, 0xd4, 0xd4, 0, TYPED_FUNCTION_REFERENCES); // ref.as_non_null
  set(0, 0xd5, 0xd6, INDEX, TYPED_FUNCTION_REFERENCES); // br_on_null, br_on_non_null
}

/** Garbage collection. */
function setGarbageCollection(): void {
  set(GC_START, 0, 1, INDEX, GC); // struct.new, struct.new_default
  set(GC_START, 2, 5, then(INDEX, INDEX), GC); // struct.get, struct.get_s, struct.get_u, struct.set
  set(GC_START, 6, 7, INDEX, GC); // array.new, array.new_default
  set(GC_START, 8, 10, then(INDEX, INDEX), GC); // array.new_fixed, array.new_data, array.new_elem
  set(GC_START, 11, 14, INDEX, GC); // array.get, array.get_s, array.get_u, array.set
  set(GC_START, 15, 15, 0, GC); // array.len
  set(GC_START, 16, 16, INDEX, GC); // array.fill
  set(GC_START, 17, 19, then(INDEX, INDEX), GC); // array.copy, array.init_data, array.init_elem
  set(GC_START, 20, 23, HEAP, GC); // ref.test, ref.test null, ref.cast, ref.cast null
  set(GC_START, 24, 25, then(CAST_FLAGS, then(INDEX, then(HEAP, HEAP))), GC); // br_on_cast, br_on_cast_fail
  set(GC_START, 26, 30, 0, GC); // any.convert_extern to i31.get_u
}

/** Saturating conversions, and bulk operations on memories and tables. */
function setBulk(): void {
  set(BULK_START, 0, 7, 0, SATURATING_FLOAT_TO_INT); // i32.trunc_sat_f32_s to i64.trunc_sat_f64_u
  set(BULK_START, 8, 8, then(INDEX, MEMORY_INDEX), BULK_MEMORY); // memory.init
  set(BULK_START, 9, 9, INDEX, BULK_MEMORY); // data.drop
  set(BULK_START, 10, 10, then(MEMORY_INDEX, MEMORY_INDEX), BULK_MEMORY); // memory.copy
  set(BULK_START, 11, 11, MEMORY_INDEX, BULK_MEMORY); // memory.fill
  set(BULK_START, 12, 12, then(INDEX, TABLE_INDEX), BULK_MEMORY); // table.init
  set(BULK_START, 13, 13, INDEX, BULK_MEMORY); // elem.drop
  set(BULK_START, 14, 14, then(TABLE_INDEX, TABLE_INDEX), BULK_MEMORY); // table.copy
  set(BULK_START, 15, 17, TABLE_INDEX, REFERENCE_TYPES); // table.grow, table.size, table.fill
}

/** Vectors. The numbers left out were never assigned. */
function setVectors(): void {
  set(VECTOR_START, 0x00, 0x0b, MEMARG, SIMD); // v128.load to v128.store
  set(VECTOR_START, 0x0c, 0x0d, BYTES_16, SIMD); // v128.const, i8x16.shuffle
  set(VECTOR_START, 0x0e, 0x14, 0, SIMD); // i8x16.swizzle to f64x2.splat
  set(VECTOR_START, 0x15, 0x22, LANE, SIMD); // i8x16.extract_lane_s to f64x2.replace_lane
  set(VECTOR_START, 0x23, 0x53, 0, SIMD); // i8x16.eq to v128.any_true
  set(VECTOR_START, 0x54, 0x5b, then(MEMARG, LANE), SIMD); // v128.load8_lane to v128.store64_lane
  set(VECTOR_START, 0x5c, 0x5d, MEMARG, SIMD); // v128.load32_zero, v128.load64_zero
  set(VECTOR_START, 0x5e, 0x99, 0, SIMD); // f32x4.demote_f64x2_zero to i16x8.max_u
  set(VECTOR_START, 0x9b, 0xa1, 0, SIMD); // i16x8.avgr_u to i32x4.neg
  set(VECTOR_START, 0xa3, 0xa4, 0, SIMD); // i32x4.all_true, i32x4.bitmask
  set(VECTOR_START, 0xa7, 0xae, 0, SIMD); // i32x4.extend_low_i16x8_s to i32x4.add
  set(VECTOR_START, 0xb1, 0xb1, 0, SIMD); // i32x4.sub
  set(VECTOR_START, 0xb5, 0xba, 0, SIMD); // i32x4.mul to i32x4.dot_i16x8_s
  set(VECTOR_START, 0xbc, 0xc1, 0, SIMD); // i32x4.extmul_low_i16x8_s to i64x2.neg
  set(VECTOR_START, 0xc3, 0xc4, 0, SIMD); // i64x2.all_true, i64x2.bitmask
  set(VECTOR_START, 0xc7, 0xce, 0, SIMD); // i64x2.extend_low_i32x4_s to i64x2.add
  set(VECTOR_START, 0xd1, 0xd1, 0, SIMD); // i64x2.sub
  set(VECTOR_START, 0xd5, 0xe1, 0, SIMD); // i64x2.mul to f32x4.neg
  set(VECTOR_START, 0xe3, 0xed, 0, SIMD); // f32x4.sqrt to f64x2.neg
  set(VECTOR_START, 0xef, 0xff, 0, SIMD); // f64x2.sqrt to f64x2.convert_low_i32x4_u
  set(VECTOR_START, 0x100, 0x113, 0, RELAXED_SIMD); // i8x16.relaxed_swizzle to i32x4.relaxed_dot_i8x16_i7x16_add_s
}

/** Threads. */
function setAtomics(): void {
  set(ATOMIC_START, 0x00, 0x02, MEMARG, THREADS); // memory.atomic.notify, memory.atomic.wait32, memory.atomic.wait64
  set(ATOMIC_START, 0x03, 0x03, ZERO, THREADS); // atomic.fence
  set(ATOMIC_START, 0x10, 0x4e, MEMARG, THREADS); // i32.atomic.load to i64.atomic.rmw32.cmpxchg_u
}

set(0, 0, ALL_ROWS, UNKNOWN);
setPlain();
setGarbageCollection();
setBulk();
setVectors();
setAtomics();
