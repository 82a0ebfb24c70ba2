import { actionOf } from "./actions";
import { weightOf } from "./weights";

const ACTION_BITS: u32 = 8;
const ONE_BYTE: u32 = 0x100;

/** Of opcodes of one byte: to look them up is faster than to tell cases apart. */
const handlings = memory.data(ONE_BYTE << 2);

for (let opcode: u32 = 0; opcode < ONE_BYTE; opcode++) store<u32>(handlings + (opcode << 2), combined(opcode));

/** What {@link actionOf} and {@link weightOf} say of an opcode: {@link actionIn} and {@link weightIn} it. */
// @ts-ignore: decorator
@inline
export function handlingOf(opcode: u32): u32 {
  return opcode < ONE_BYTE ? load<u32>(handlings + (opcode << 2)) : combined(opcode);
}

// @ts-ignore: decorator
@inline
export function actionIn(handling: u32): u32 {
  return handling & ((1 << ACTION_BITS) - 1);
}

// @ts-ignore: decorator
@inline
export function weightIn(handling: u32): i32 {
  return handling >>> ACTION_BITS;
}

function combined(opcode: u32): u32 {
  return actionOf(opcode) | (weightOf(opcode) << ACTION_BITS);
}
