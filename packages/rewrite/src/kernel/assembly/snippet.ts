import { ByteWriter } from "./byte-writer";
import { guest } from "./guest";
import { CALL, ELSE, END, GLOBAL_GET, GLOBAL_SET, I32_CONST, I32_LT_S, I32_SUB, IF, LOCAL_GET } from "./inserted-opcodes";
import { I32 } from "./value-types";

/** The largest weight that two bytes can say. */
const MAX_WEIGHT: u32 = 0x1fff;

const ROOM = 64;

/** Instructions that are inserted again and again, with a weight, in two places, that becomes known later. */
@unmanaged
export class Snippet {
  code: ByteWriter;
  /** Where the weight belongs, as signed LEB128 of two bytes, from the beginning on. */
  private first: u32;
  private second: u32;

  /** Begins anew, with nothing. */
  clear(): void {
    this.code = ByteWriter.create(ROOM);
  }

  /** Takes the weight from the countdown, or asks for a new one. */
  spend(): void {
    const code = this.code;
    writeIndexed(code, GLOBAL_GET, guest.countdown);
    this.first = this.writeWeight();
    writeQuestion(code);
    writeIndexed(code, GLOBAL_GET, guest.countdown);
    this.second = this.writeWeight();
    writeSpending(code);
  }

  /** Fills in the weight of a copy that begins so many bytes from the beginning of `out`. */
  fill(out: ByteWriter, at: u32, weight: u32): void {
    // Each path is cut long before it weighs as much.
    if (weight > MAX_WEIGHT) unreachable();
    const word = (weight & 0x7f) | 0x80 | ((weight >> 7) << 8);
    store<u16>(out.start + at + this.first, word);
    store<u16>(out.start + at + this.second, word);
  }

  private writeWeight(): u32 {
    this.code.byte(I32_CONST);
    const at = this.code.length;
    this.code.pair(0x80, 0x00);
    return at;
  }
}

/** Takes what a local holds from the countdown, or asks for a new one. */
export function spendLocal(code: ByteWriter, local: u32): void {
  writeIndexed(code, GLOBAL_GET, guest.countdown);
  writeIndexed(code, LOCAL_GET, local);
  writeQuestion(code);
  writeIndexed(code, GLOBAL_GET, guest.countdown);
  writeIndexed(code, LOCAL_GET, local);
  writeSpending(code);
}

/** An opcode with an index. */
export function writeIndexed(code: ByteWriter, opcode: u32, index: u32): void {
  code.byte(opcode);
  code.u32(index);
}

/** A constant from 0 to 2^31-1, by the opcode of its type. */
export function writeConstant(code: ByteWriter, opcode: u32, value: u32): void {
  code.byte(opcode);
  code.s32(value);
}

/** Whether the countdown suffices, which is on the stack with what it is to suffice for. If not, a new one is asked for. */
function writeQuestion(code: ByteWriter): void {
  code.byte(I32_LT_S);
  code.pair(IF, I32);
  writeIndexed(code, CALL, guest.ask);
  code.byte(ELSE);
}

function writeSpending(code: ByteWriter): void {
  code.pair(I32_SUB, END);
  writeIndexed(code, GLOBAL_SET, guest.countdown);
}
