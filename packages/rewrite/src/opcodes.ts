import { type FeatureUse, featureBit } from "./features.js";

/** What an instruction carries behind its opcode, piece by piece. The numbers fit five bits, see {@link OpcodeTable}. */
export const Immediate = {
  /** The index of a label, function, type, tag, local, global, segment or field, or a length. */
  index: 1,
  tableIndex: 2,
  memoryIndex: 3,
  /** Alignment, perhaps a memory index, and an offset. */
  memarg: 4,
  blockType: 5,
  /** The labels of br_table, the default one last. */
  labels: 6,
  /** The type of select, as a list of one. */
  selectType: 7,
  /** The clauses of try_table. */
  catches: 8,
  heapType: 9,
  /** Which operands of a cast may be null, in two bits. */
  castFlags: 10,
  /** A byte that has to be zero. */
  zero: 11,
  lane: 12,
  s32: 13,
  s64: 14,
  bytes4: 15,
  bytes8: 16,
  bytes16: 17,
} as const;

type ImmediateKind = (typeof Immediate)[keyof typeof Immediate];
type Row = readonly [
  first: number,
  last: number,
  immediates: readonly ImmediateKind[],
  ...uses: FeatureUse[],
];

const { index, tableIndex, memoryIndex, memarg, blockType, heapType, lane, bytes4, bytes8, bytes16 } =
  Immediate;

/** Opcodes of one byte. */
const plainRows: readonly Row[] = [
  [0x00, 0x01, []], // unreachable, nop
  [0x02, 0x04, [blockType]], // block, loop, if
  [0x05, 0x05, []], // else
  [0x06, 0x06, [blockType], "legacy-exceptions"], // try
  [0x07, 0x07, [index], "legacy-exceptions"], // catch
  [0x08, 0x08, [index], "either-exceptions"], // throw
  [0x09, 0x09, [index], "legacy-exceptions"], // rethrow
  [0x0a, 0x0a, [], "exceptions"], // throw_ref
  [0x0b, 0x0b, []], // end
  [0x0c, 0x0d, [index]], // br, br_if
  [0x0e, 0x0e, [Immediate.labels]], // br_table
  [0x0f, 0x0f, []], // return
  [0x10, 0x10, [index]], // call
  [0x11, 0x11, [index, tableIndex]], // call_indirect
  [0x12, 0x12, [index], "tail-calls"], // return_call
  [0x13, 0x13, [index, tableIndex], "tail-calls"], // return_call_indirect
  [0x14, 0x14, [index], "typed-function-references"], // call_ref
  [0x15, 0x15, [index], "typed-function-references", "tail-calls"], // return_call_ref
  [0x18, 0x18, [index], "legacy-exceptions"], // delegate
  [0x19, 0x19, [], "legacy-exceptions"], // catch_all
  [0x1a, 0x1b, []], // drop, select
  [0x1c, 0x1c, [Immediate.selectType], "reference-types"], // select with types
  [0x1f, 0x1f, [blockType, Immediate.catches], "exceptions"], // try_table
  [0x20, 0x24, [index]], // local.get, local.set, local.tee, global.get, global.set
  [0x25, 0x26, [tableIndex], "reference-types"], // table.get, table.set
  [0x28, 0x3e, [memarg]], // i32.load to i64.store32
  [0x3f, 0x40, [memoryIndex]], // memory.size, memory.grow
  [0x41, 0x41, [Immediate.s32]], // i32.const
  [0x42, 0x42, [Immediate.s64]], // i64.const
  [0x43, 0x43, [bytes4]], // f32.const
  [0x44, 0x44, [bytes8]], // f64.const
  [0x45, 0xbf, []], // i32.eqz to f64.reinterpret_i64
  [0xc0, 0xc4, [], "sign-extension"], // i32.extend8_s to i64.extend32_s
  [0xd0, 0xd0, [heapType], "reference-types"], // ref.null
  [0xd1, 0xd1, [], "reference-types"], // ref.is_null
  [0xd2, 0xd2, [index], "reference-types"], // ref.func
  [0xd3, 0xd3, [], "gc"], // ref.eq
  [0xd4, 0xd4, [], "typed-function-references"], // ref.as_non_null
  [0xd5, 0xd6, [index], "typed-function-references"], // br_on_null, br_on_non_null
];

/** Opcodes behind FB: garbage collection. */
const gcRows: readonly Row[] = [
  [0, 1, [index], "gc"], // struct.new, struct.new_default
  [2, 5, [index, index], "gc"], // struct.get, struct.get_s, struct.get_u, struct.set
  [6, 7, [index], "gc"], // array.new, array.new_default
  [8, 10, [index, index], "gc"], // array.new_fixed, array.new_data, array.new_elem
  [11, 14, [index], "gc"], // array.get, array.get_s, array.get_u, array.set
  [15, 15, [], "gc"], // array.len
  [16, 16, [index], "gc"], // array.fill
  [17, 19, [index, index], "gc"], // array.copy, array.init_data, array.init_elem
  [20, 23, [heapType], "gc"], // ref.test, ref.test null, ref.cast, ref.cast null
  [24, 25, [Immediate.castFlags, index, heapType, heapType], "gc"], // br_on_cast, br_on_cast_fail
  [26, 30, [], "gc"], // any.convert_extern to i31.get_u
];

/** Opcodes behind FC: saturating conversions, and bulk operations on memories and tables. */
const bulkRows: readonly Row[] = [
  [0, 7, [], "saturating-float-to-int"], // i32.trunc_sat_f32_s to i64.trunc_sat_f64_u
  [8, 8, [index, memoryIndex], "bulk-memory"], // memory.init
  [9, 9, [index], "bulk-memory"], // data.drop
  [10, 10, [memoryIndex, memoryIndex], "bulk-memory"], // memory.copy
  [11, 11, [memoryIndex], "bulk-memory"], // memory.fill
  [12, 12, [index, tableIndex], "bulk-memory"], // table.init
  [13, 13, [index], "bulk-memory"], // elem.drop
  [14, 14, [tableIndex, tableIndex], "bulk-memory"], // table.copy
  [15, 17, [tableIndex], "reference-types"], // table.grow, table.size, table.fill
];

/** Opcodes behind FD: vectors. The numbers left out were never assigned. */
const vectorRows: readonly Row[] = [
  [0x00, 0x0b, [memarg], "simd"], // v128.load to v128.store
  [0x0c, 0x0d, [bytes16], "simd"], // v128.const, i8x16.shuffle
  [0x0e, 0x14, [], "simd"], // i8x16.swizzle to f64x2.splat
  [0x15, 0x22, [lane], "simd"], // i8x16.extract_lane_s to f64x2.replace_lane
  [0x23, 0x53, [], "simd"], // i8x16.eq to v128.any_true
  [0x54, 0x5b, [memarg, lane], "simd"], // v128.load8_lane to v128.store64_lane
  [0x5c, 0x5d, [memarg], "simd"], // v128.load32_zero, v128.load64_zero
  [0x5e, 0x99, [], "simd"], // f32x4.demote_f64x2_zero to i16x8.max_u
  [0x9b, 0xa1, [], "simd"], // i16x8.avgr_u to i32x4.neg
  [0xa3, 0xa4, [], "simd"], // i32x4.all_true, i32x4.bitmask
  [0xa7, 0xae, [], "simd"], // i32x4.extend_low_i16x8_s to i32x4.add
  [0xb1, 0xb1, [], "simd"], // i32x4.sub
  [0xb5, 0xba, [], "simd"], // i32x4.mul to i32x4.dot_i16x8_s
  [0xbc, 0xc1, [], "simd"], // i32x4.extmul_low_i16x8_s to i64x2.neg
  [0xc3, 0xc4, [], "simd"], // i64x2.all_true, i64x2.bitmask
  [0xc7, 0xce, [], "simd"], // i64x2.extend_low_i32x4_s to i64x2.add
  [0xd1, 0xd1, [], "simd"], // i64x2.sub
  [0xd5, 0xe1, [], "simd"], // i64x2.mul to f32x4.neg
  [0xe3, 0xed, [], "simd"], // f32x4.sqrt to f64x2.neg
  [0xef, 0xff, [], "simd"], // f64x2.sqrt to f64x2.convert_low_i32x4_u
  [0x100, 0x113, [], "relaxed-simd"], // i8x16.relaxed_swizzle to i32x4.relaxed_dot_i8x16_i7x16_add_s
];

/** Opcodes behind FE: threads. */
const atomicRows: readonly Row[] = [
  [0x00, 0x02, [memarg], "threads"], // memory.atomic.notify, memory.atomic.wait32, memory.atomic.wait64
  [0x03, 0x03, [Immediate.zero], "threads"], // atomic.fence
  [0x10, 0x4e, [memarg], "threads"], // i32.atomic.load to i64.atomic.rmw32.cmpxchg_u
];

/** The opcodes that share a prefix, or that have none. An opcode beyond the arrays' length is unknown. */
export interface OpcodeTable {
  /** By opcode, its immediates: five bits each, the first one lowest. {@link UNKNOWN_OPCODE} for one that nobody knows. */
  readonly immediates: Int32Array;
  /** By opcode, the bits of the features it stands for. */
  readonly features: Int32Array;
}

/** How many bits one immediate takes in {@link OpcodeTable.immediates}. */
export const IMMEDIATE_BITS = 5;
/** Marks an opcode that nobody knows in {@link OpcodeTable.immediates}. */
export const UNKNOWN_OPCODE = -1;

/** Opcodes of one byte. */
export const plainOpcodes: OpcodeTable = tableOf(plainRows);

/** Opcodes of two parts, by their first byte. */
export const prefixedOpcodes: ReadonlyMap<number, OpcodeTable> = new Map([
  [0xfb, tableOf(gcRows)],
  [0xfc, tableOf(bulkRows)],
  [0xfd, tableOf(vectorRows)],
  [0xfe, tableOf(atomicRows)],
]);

function tableOf(rows: readonly Row[]): OpcodeTable {
  const size = Math.max(...rows.map(([, last]) => last + 1));
  const immediates = new Int32Array(size).fill(UNKNOWN_OPCODE);
  const features = new Int32Array(size);
  for (const [first, last, kinds, ...uses] of rows) {
    const packed = kinds.reduceRight<number>((rest, kind) => (rest << IMMEDIATE_BITS) | kind, 0);
    const mask = uses.reduce((all, use) => all | featureBit(use), 0);
    immediates.fill(packed, first, last + 1);
    features.fill(mask, first, last + 1);
  }
  return { immediates, features };
}
