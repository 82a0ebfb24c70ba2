import { EXCEPTIONS, LEGACY_EXCEPTIONS } from "../feature-bits";
import { writeAddedBodies } from "./added-bodies";
import { BinaryReader } from "./binary-reader";
import { BodyWriter } from "./body-writer";
import { ByteWriter } from "./byte-writer";
import { assembleSnippets } from "./check-code";
import { exchange } from "./exchange";
import { passBody } from "./function-body";
import { guest } from "./guest";
import { copyLeafTo, forgetLeaves, isLeaf } from "./leaf-functions";
import { FUNCTION_WEIGHT, UNWINDABLE_FUNCTION_WEIGHT } from "./weights";

const CATCHING: u32 = LEGACY_EXCEPTIONS | EXCEPTIONS;
/** More than what is added takes. */
const ROOM = 1024;

/**
 * Writes the content of the code section: so many bodies, those that `reader` is at with checks in them, if there is one, and
 * those of the added functions.
 */
export function writeCode(reader: BinaryReader | null, bodies: u32): void {
  const out = ByteWriter.create(ROOM + (reader === null ? 0 : 2 * <u64>(reader.end - reader.at)));
  guest.weighIndirectCalls();
  assembleSnippets();
  out.u32(bodies);
  if (reader !== null) writeGuestBodies(reader, out);
  writeAddedBodies(out);
  exchange.output = out.start;
  exchange.outputLength = out.length;
}

function writeGuestBodies(reader: BinaryReader, out: ByteWriter): void {
  findBodies(reader);
  const start = out.length;
  const couldCatch = (exchange.features & CATCHING) != 0;
  writeBodies(out, couldCatch ? UNWINDABLE_FUNCTION_WEIGHT : FUNCTION_WEIGHT);
  if (couldCatch || (exchange.features & CATCHING) == 0) return;
  // Only now it is known that exceptions are caught. Few modules do that.
  out.clear(start);
  writeBodies(out, UNWINDABLE_FUNCTION_WEIGHT);
}

/** Finds out where all bodies are, before any is read. */
function findBodies(reader: BinaryReader): void {
  const body = BinaryReader.create();
  for (let index = guest.importedFunctions; index < guest.functions; index++) {
    passBody(reader, index, body);
    const facts = guest.factsOf(index);
    facts.body = body.at;
    facts.bodyEnd = body.end;
  }
}

function writeBodies(out: ByteWriter, functionWeight: i32): void {
  forgetLeaves(functionWeight);
  exchange.forgetBodies();
  const writer = BodyWriter.create(functionWeight, false);
  for (let index = guest.importedFunctions; index < guest.functions; index++) {
    if (copyLeafTo(out, index)) continue;
    writer.write(index);
    writer.writeTo(out, isLeaf(index, writer));
  }
}
