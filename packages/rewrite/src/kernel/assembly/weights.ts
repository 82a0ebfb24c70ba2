/**
 * What instructions cost, in units of the countdown. A unit is about 0.3 ns: one simple instruction in optimized code.
 * The figures were measured on V8 11.3 and 14.6, and rounded to what is worse. What varies with the data, like
 * cache misses, cannot be told from the code: hosts have to look at the clock, not at units.
 *
 * Tests of the package read this file as TypeScript, so it uses nothing that only AssemblyScript has, but for names of types.
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

/**
 * What an instruction costs, by its opcode as readOpcode gives it, whatever its operands are. Those that only open or close
 * a block, or begin an arm, cost nothing.
 */
export function weightOf(opcode: u32): i32 {
  switch (opcode) {
    case 0x02: // block
    case 0x05: // else
    case 0x07: // catch
    case 0x0b: // end
    case 0x18: // delegate
    case 0x19: // catch_all
      return 0;
    case 0x08: // throw
    case 0x09: // rethrow
    case 0x0a: // throw_ref
      return THROW_WEIGHT;
    case 0x10: // call
    case 0x12: // return_call
      return CALL_WEIGHT;
    case 0x26: // table.set
      return TABLE_SET_WEIGHT;
    case 0x40: // memory.grow
      return MEMORY_GROW_WEIGHT;
    case 0xfc0008: // memory.init
    case 0xfc000a: // memory.copy
    case 0xfc000b: // memory.fill
      return BULK_MEMORY_WEIGHT;
    case 0xfc000c: // table.init
    case 0xfc000e: // table.copy
    case 0xfc0011: // table.fill
      return BULK_TABLE_WEIGHT;
    case 0xfc000f: // table.grow
      return TABLE_GROW_WEIGHT;
    default:
      return 1;
  }
}

/** What the rates of {@link rateOf} are multiples of: a 256th of a unit. */
export const BULK_SCALE_BITS = 8;
const UNIT = 256;

/** 0.01-0.09 ns for a byte; 0.5 ns if its page is touched for the first time. */
const BYTE_RATE = UNIT / 4;
/** 7-55 ns for an element. */
const ELEMENT_RATE = 128 * UNIT;
/** memory.grow: 5-400 ns for a page of 64 KiB. */
const PAGE_RATE = 1_000 * UNIT;
/** table.grow: 10-15 ns for an element, more when it is copied. */
const NEW_ELEMENT_RATE = 64 * UNIT;

/**
 * What each byte, element or page costs in addition, for an instruction whose topmost operand says how many there are. 0 for all
 * others.
 */
export function rateOf(opcode: u32): u32 {
  switch (opcode) {
    case 0x40: // memory.grow
      return PAGE_RATE;
    case 0xfc0008: // memory.init
    case 0xfc000a: // memory.copy
    case 0xfc000b: // memory.fill
      return BYTE_RATE;
    case 0xfc000c: // table.init
    case 0xfc000e: // table.copy
    case 0xfc0011: // table.fill
      return ELEMENT_RATE;
    case 0xfc000f: // table.grow
      return NEW_ELEMENT_RATE;
    default:
      return 0;
  }
}

/** What the call of a function costs beside its instructions. */
export const FUNCTION_WEIGHT = 5;
/**
 * The same where exceptions can be caught, since those unwind all frames in between: 50-400 ns for each. Whoever throws
 * one from deep below paid for that on the way there.
 */
export const UNWINDABLE_FUNCTION_WEIGHT = 500;
/** Locals that cost nothing beside that: making them takes up to 30 ns. */
export const FREE_LOCALS: u32 = 64;
/** For each local of a function that has more: up to 1.6 ns, if it is a vector and its stack is not in the cache. */
export const LOCAL_RATE = 5 * UNIT;
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
