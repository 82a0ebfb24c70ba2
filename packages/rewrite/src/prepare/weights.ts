/**
 * What instructions cost, in units of the countdown. A unit is about 0.3 ns: one simple instruction in optimized code.
 * The figures were measured on V8 11.3 and 14.6, and rounded to what is worse. What varies with the data, like
 * cache misses, cannot be told from the code: hosts have to look at the clock, not at units.
 */

/** Instructions that cost more are charged by a check of their own, right in front of them. */
export const MAX_PATH_WEIGHT = 2_048;

/** A call of a host function: 6-8 ns when it does nothing at all. What it does is the host's own time. */
export const HOST_CALL_WEIGHT = 150;
const CALL_WEIGHT = 4;
/** A call through a table where no host function can be in it: 3-4 ns. */
export const INDIRECT_CALL_WEIGHT = 10;
/** throw, rethrow and throw_ref: 140-1,300 ns with a handler nearby. */
const THROW_WEIGHT = 3_000;
/** 45-470 ns, and garbage: each makes a new ArrayBuffer, even by 0 pages. */
const MEMORY_GROW_WEIGHT = 2_000;
/** 30-70 ns. */
const TABLE_SET_WEIGHT = 128;
/** 5-90 ns before the first byte. */
const BULK_MEMORY_WEIGHT = 100;
/** 13-35 ns before the first element. */
const BULK_TABLE_WEIGHT = 100;
/** 10-150 ns: an enlarged table is copied now and then. */
const TABLE_GROW_WEIGHT = 500;

/** By opcode of one byte. Those that only open or close a block, or begin an arm, cost nothing. */
export const plainWeights: Uint16Array = new Uint16Array(256).fill(1);
for (const opcode of [0x02, 0x05, 0x07, 0x0b, 0x18, 0x19]) plainWeights[opcode] = 0; // block, else, catch, end, delegate, catch_all
for (const opcode of [0x08, 0x09, 0x0a]) plainWeights[opcode] = THROW_WEIGHT; // throw, rethrow, throw_ref
plainWeights[0x10] = CALL_WEIGHT; // call
plainWeights[0x12] = CALL_WEIGHT; // return_call
plainWeights[0x26] = TABLE_SET_WEIGHT; // table.set

/** data.drop and elem.drop: up to 4 ns. */
const DROP_WEIGHT = 10;

/** The weight of an instruction whose opcode has two parts, without what {@link bulkWeights} say. */
export function prefixedWeight(opcode: number): number {
  return opcode === 0xfc0009 || opcode === 0xfc000d ? DROP_WEIGHT : 1;
}

/** What an instruction costs whose topmost operand says how much it does. */
export interface BulkWeight {
  /** Units that it always costs. */
  readonly base: number;
  /** Units that each byte, element or page costs, times {@link BULK_SCALE}. */
  readonly rate: number;
}

/** What rates of {@link BulkWeight} are multiples of: a 256th of a unit. */
export const BULK_SCALE_BITS = 8;
const unit = 1 << BULK_SCALE_BITS;

/** 0.01-0.09 ns for a byte; 0.5 ns if its page is touched for the first time. */
const BYTE_RATE = unit / 4;
/** 7-55 ns for an element. */
const ELEMENT_RATE = 128 * unit;
/** memory.grow: 5-400 ns for a page of 64 KiB. */
const PAGE_RATE = 1_000 * unit;
/** table.grow: 10-15 ns for an element, more when it is copied. */
const NEW_ELEMENT_RATE = 64 * unit;

const bulkMemory: BulkWeight = { base: BULK_MEMORY_WEIGHT, rate: BYTE_RATE };
const bulkTable: BulkWeight = { base: BULK_TABLE_WEIGHT, rate: ELEMENT_RATE };

/** The instructions that are charged by the length that they are given, by opcode. */
export const bulkWeights: ReadonlyMap<number, BulkWeight> = new Map([
  [0x40, { base: MEMORY_GROW_WEIGHT, rate: PAGE_RATE }], // memory.grow
  [0xfc0008, bulkMemory], // memory.init
  [0xfc000a, bulkMemory], // memory.copy
  [0xfc000b, bulkMemory], // memory.fill
  [0xfc000c, bulkTable], // table.init
  [0xfc000e, bulkTable], // table.copy
  [0xfc000f, { base: TABLE_GROW_WEIGHT, rate: NEW_ELEMENT_RATE }], // table.grow
  [0xfc0011, bulkTable], // table.fill
]);

/** What the call of a function costs beside its instructions. */
export const FUNCTION_WEIGHT = 5;
/**
 * The same where exceptions can be caught, since those unwind all frames in between: 50-400 ns for each. Whoever throws
 * one from deep below paid for that on the way there.
 */
export const UNWINDABLE_FUNCTION_WEIGHT = 500;
/** Locals that cost nothing beside that: making them takes up to 30 ns. */
export const FREE_LOCALS = 64;
/** For each local of a function that has more: up to 1.6 ns, if it is a vector and its stack is not in the cache. */
export const LOCAL_RATE: number = 5 * unit;
/** What functions may cost at most to have their callers pay for them. */
export const MAX_LEAF_CHARGE = 1_024;

/** What a branch saves that does not go by way of a {@link JumpTable}: a local.get and a br_table. It is charged all the same. */
export const DISPATCH_WEIGHT = 2;

/** What counting an iteration of a loop costs. */
export const ITERATION_WEIGHT = 2;
/** Units that a function buys for its loops when it is entered. */
export const FIRST_CREDIT = 255;
/**
 * Units that it buys at most when they are used up. It begins with what one more turn needs, and doubles: what is left when it
 * returns is lost, and should not be more than what it has used. No turn costs as much, as no path does.
 */
export const MAX_CREDIT = 16_383;
