// What has to be done about an instruction, apart from charging for it.
export const NOTHING: u32 = 0;
export const LOCAL: u32 = 1;
export const GLOBAL: u32 = 2;
export const CALL: u32 = 3;
export const CALL_INDIRECT: u32 = 4;
export const FUNCTION_REFERENCE: u32 = 5;
/** block, if, try */
export const OPEN: u32 = 6;
export const OPEN_LOOP: u32 = 7;
export const OPEN_TRY_TABLE: u32 = 8;
/** else, catch, catch_all */
export const NEXT_ARM: u32 = 9;
export const CLOSE: u32 = 10;
export const CLOSE_DELEGATE: u32 = 11;
export const BRANCH: u32 = 12;
export const BRANCH_TABLE: u32 = 13;
export const RETHROW: u32 = 14;
/** unreachable, return, throw, throw_ref */
export const LEAVE: u32 = 15;
/** Instructions with a length: see rateOf. */
export const BULK: u32 = 16;

/** By its opcode as readOpcode gives it. Tests read this file as TypeScript. */
export function actionOf(opcode: u32): u32 {
  switch (opcode) {
    case 0x20: // local.get
    case 0x21: // local.set
    case 0x22: // local.tee
      return LOCAL;
    case 0x23: // global.get
    case 0x24: // global.set
      return GLOBAL;
    case 0x10: // call
    case 0x12: // return_call
      return CALL;
    case 0x11: // call_indirect
    case 0x13: // return_call_indirect
      return CALL_INDIRECT;
    case 0xd2: // ref.func
      return FUNCTION_REFERENCE;
    case 0x02: // block
    case 0x04: // if
    case 0x06: // try
      return OPEN;
    case 0x03: // loop
      return OPEN_LOOP;
    case 0x1f: // try_table
      return OPEN_TRY_TABLE;
    case 0x05: // else
    case 0x07: // catch
    case 0x19: // catch_all
      return NEXT_ARM;
    case 0x0b: // end
      return CLOSE;
    case 0x18: // delegate
      return CLOSE_DELEGATE;
    case 0x0c: // br
    case 0x0d: // br_if
      return BRANCH;
    case 0x0e: // br_table
      return BRANCH_TABLE;
    case 0x09: // rethrow
      return RETHROW;
    case 0x00: // unreachable
    case 0x08: // throw
    case 0x0a: // throw_ref
    case 0x0f: // return
      return LEAVE;
    case 0x40: // memory.grow
    case 0xfc0008: // memory.init
    case 0xfc000a: // memory.copy
    case 0xfc000b: // memory.fill
    case 0xfc000c: // table.init
    case 0xfc000e: // table.copy
    case 0xfc000f: // table.grow
    case 0xfc0011: // table.fill
      return BULK;
    default:
      return NOTHING;
  }
}
