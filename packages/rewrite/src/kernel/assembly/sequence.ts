import { BinaryReader } from "./binary-reader";
import { exchange } from "./exchange";
import { allocate, reallocate } from "./heap";
import { readInstruction, showInstruction } from "./instruction";
import { passPlain } from "./plain-run";
import {
  BLOCK,
  CATCH,
  CATCH_ALL,
  checkArm,
  DELEGATE,
  ELSE,
  IF,
  LOOP,
  STRUCTURE_END,
  TRY,
  TRY_TABLE,
} from "./structure";

/** What one byte can say of an index: here no index is looked at. */
const ANY = 0x80;
const ROOM = 1024;

/** By depth, the opcode that opened the construct, or the arm of it that we are in. */
let open: usize = 0;
let room: u32 = 0;
let depth: u32 = 0;

/** To be called whenever all memory was given back. */
export function forgetSequence(): void {
  room = 0;
  depth = 0;
}

/** Begins with an instruction sequence: a body, or a constant expression. */
export function enterSequence(): void {
  if (room == 0) {
    room = ROOM;
    open = allocate(room);
  }
  depth = 0;
  push(BLOCK);
}

/** Reads the next instruction of the sequence, and shows it. False when it is over: its closing `end` was the last one. */
export function nextInstruction(reader: BinaryReader): bool {
  if (depth == 0) return false;
  const start = reader.at;
  const opcode = readInstruction(reader);
  nest(opcode, reader, start);
  showInstruction(opcode, reader, start);
  exchange.depth = depth;
  exchange.enclosing = depth == 0 ? BLOCK : load<u8>(open + depth - 1);
  return true;
}

/** Passes over an instruction sequence. The brackets of its constructs are checked, types and indices are not. */
export function skipSequence(reader: BinaryReader): void {
  enterSequence();
  while (depth > 0) {
    reader.at = passPlain(reader.at, reader.end, ANY, ANY);
    const start = reader.at;
    nest(readInstruction(reader), reader, start);
  }
}

function nest(opcode: u32, reader: BinaryReader, start: usize): void {
  switch (opcode) {
    case BLOCK:
    case LOOP:
    case IF:
    case TRY:
    case TRY_TABLE:
      push(opcode);
      break;
    case ELSE:
    case CATCH:
    case CATCH_ALL:
      checkArm(opcode, load<u8>(open + depth - 1), reader, start);
      store<u8>(open + depth - 1, opcode);
      break;
    case DELEGATE:
      checkArm(opcode, load<u8>(open + depth - 1), reader, start);
      depth--;
      break;
    case STRUCTURE_END:
      depth--;
      break;
  }
}

function push(opcode: u32): void {
  if (depth == room) {
    open = reallocate(open, room, 2 * <u64>room);
    room *= 2;
  }
  store<u8>(open + depth++, opcode);
  exchange.nesting = max(exchange.nesting, depth);
}
