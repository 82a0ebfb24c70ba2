import { ARM } from "../failure-kinds";
import { BinaryReader } from "./binary-reader";
import { fail } from "./exchange";

// The opcodes that open, continue or close a construct. JavaScript knows them as `Structure`.
export const BLOCK = 0x02;
export const LOOP = 0x03;
export const IF = 0x04;
export const ELSE = 0x05;
export const TRY = 0x06;
export const CATCH = 0x07;
export const STRUCTURE_END = 0x0b;
export const DELEGATE = 0x18;
export const CATCH_ALL = 0x19;
export const TRY_TABLE = 0x1f;

/** Fails unless the arm `opcode`, which is at `start`, can come behind what was opened by `enclosing`, or was an arm of it. */
export function checkArm(opcode: u32, enclosing: u32, reader: BinaryReader, start: usize): void {
  const fits =
    opcode == ELSE
      ? enclosing == IF
      : enclosing == TRY || (enclosing == CATCH && (opcode == CATCH || opcode == CATCH_ALL));
  if (!fits) fail(ARM, "", reader, start, opcode);
}
