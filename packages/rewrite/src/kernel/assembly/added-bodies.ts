import { ByteWriter } from "./byte-writer";
import { guest } from "./guest";
import {
  CALL,
  END,
  I32_AND,
  I32_CONST,
  I32_EQZ,
  I32_GT_S,
  I32_OR,
  I32_SHL,
  I32_WRAP_I64,
  I64_CONST,
  I64_EXTEND_I32_U,
  I64_GT_U,
  I64_MUL,
  I64_SHR_U,
  IF,
  LOCAL_GET,
  LOCAL_SET,
  LOCAL_TEE,
  NO_TYPE,
  RETURN,
  SELECT,
  UNREACHABLE,
} from "./inserted-opcodes";
import { spendLocal, writeConstant, writeIndexed } from "./snippet";
import { I32, I64 } from "./value-types";
import { BULK_SCALE_BITS, MAX_CREDIT } from "./weights";

/** No charge is larger, so that nothing overflows: the engine can fill 4 GiB at once, the check follows behind. */
const MAX_BULK_CHARGE = 1 << 30;

/** Writes the bodies of the functions that are added, in the order of their indices. */
export function writeAddedBodies(out: ByteWriter): void {
  const body = ByteWriter.create(64);
  writeAsk(body);
  writeBody(out, body);
  writeBuy(body);
  writeBody(out, body);
  writeCharge(body);
  writeBody(out, body);
}

function writeBody(out: ByteWriter, body: ByteWriter): void {
  out.u32(body.length);
  out.append(body);
  body.clear();
}

/** Asks the host. Returns a positive number, or not at all. */
function writeAsk(body: ByteWriter): void {
  body.pair(1, 1);
  body.byte(I32);
  writeIndexed(body, CALL, guest.check);
  body.pair(LOCAL_TEE, 0);
  body.byte(I32_EQZ);
  body.pair(IF, NO_TYPE);
  writeIndexed(body, CALL, guest.pause);
  body.pair(LOCAL_SET, 0);
  body.byte(END);
  body.pair(LOCAL_GET, 0);
  body.pair(I32_CONST, 0);
  body.byte(I32_GT_S);
  body.pair(IF, NO_TYPE);
  body.pair(LOCAL_GET, 0);
  body.pair(RETURN, END);
  body.pair(UNREACHABLE, END);
}

/** Takes what comes after local 0, as nextCredit says, from the countdown, and returns it. */
function writeBuy(body: ByteWriter): void {
  body.byte(0);
  body.pair(LOCAL_GET, 0);
  body.pair(I32_CONST, 1);
  body.byte(I32_SHL);
  body.pair(I32_CONST, 1);
  body.byte(I32_OR);
  writeConstant(body, I32_CONST, MAX_CREDIT);
  body.byte(I32_AND);
  body.pair(LOCAL_SET, 0);
  spendLocal(body, 0);
  body.pair(LOCAL_GET, 0);
  body.byte(END);
}

/** Takes local 0, unsigned, times the rate in local 1 from the countdown. */
function writeCharge(body: ByteWriter): void {
  body.pair(1, 1);
  body.byte(I64);
  body.pair(LOCAL_GET, 0);
  body.byte(I64_EXTEND_I32_U);
  body.pair(LOCAL_GET, 1);
  body.byte(I64_EXTEND_I32_U);
  body.byte(I64_MUL);
  writeConstant(body, I64_CONST, BULK_SCALE_BITS);
  body.byte(I64_SHR_U);
  body.pair(LOCAL_SET, 2);
  writeConstant(body, I64_CONST, MAX_BULK_CHARGE);
  body.pair(LOCAL_GET, 2);
  body.pair(LOCAL_GET, 2);
  writeConstant(body, I64_CONST, MAX_BULK_CHARGE);
  body.pair(I64_GT_U, SELECT);
  body.byte(I32_WRAP_I64);
  body.pair(LOCAL_SET, 1);
  spendLocal(body, 1);
  body.pair(LOCAL_GET, 0);
  body.byte(END);
}
