import { BodyWriter } from "./body-writer";
import { ByteWriter } from "./byte-writer";
import { guest, UNKNOWN_CHARGE } from "./guest";
import { plainConstant, setConstant } from "./plain-run";
import { MAX_LEAF_CHARGE } from "./weights";

const ROOM = 1024;

// The functions that have no check of their own, because whoever calls them pays for them: those that call nothing, cost little
// with their locals, and that nothing but a call can reach. One that is called before it is written is written then.

/** Not the one of the callers, which may be in the middle of one. */
let writer = changetype<BodyWriter>(0);
/** The functions that were written when they were first called. */
let written = changetype<ByteWriter>(0);

/** Begins anew, with functions whose calls cost so much beside their instructions. */
export function forgetLeaves(functionWeight: i32): void {
  writer = BodyWriter.create(functionWeight, true);
  written = ByteWriter.create(ROOM);
  for (let index: u32 = 0; index < guest.functions; index++) {
    const facts = guest.factsOf(index);
    facts.leafCharge = UNKNOWN_CHARGE;
    facts.written = 0;
    facts.writtenEnd = 0;
  }
}

/** What a function of the guest's own charges its callers. 0 if it is none of these. */
export function leafChargeOf(index: u32): i32 {
  const charge = guest.factsOf(index).leafCharge;
  return charge == UNKNOWN_CHARGE ? lookAt(index) : charge;
}

/** Copies the body of a function, if it was written when it was asked for. */
export function copyLeafTo(out: ByteWriter, index: u32): bool {
  const facts = guest.factsOf(index);
  if (facts.writtenEnd == 0) return false;
  out.copy(written.start + facts.written, written.start + facts.writtenEnd);
  return true;
}

/** Whether the function that was written last by `writer` is one of these. */
export function isLeaf(index: u32, writer: BodyWriter): bool {
  const facts = guest.factsOf(index);
  const isLeaf = writer.callsNothing && writer.charge <= MAX_LEAF_CHARGE && !facts.isReferenced;
  facts.leafCharge = isLeaf ? writer.charge : 0;
  return isLeaf;
}

function lookAt(index: u32): i32 {
  const facts = guest.factsOf(index);
  facts.leafCharge = 0;
  if (facts.isReferenced) return 0;
  const constant = plainConstant;
  const isWritten = writer.write(index);
  setConstant(constant);
  if (!isWritten) return 0;
  facts.written = written.length;
  writer.writeTo(written, isLeaf(index, writer));
  facts.writtenEnd = written.length;
  return facts.leafCharge;
}
