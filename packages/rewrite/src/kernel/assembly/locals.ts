import { LOCALS } from "../failure-kinds";
import { BinaryReader } from "./binary-reader";
import { fail, source } from "./exchange";
import { readValueType } from "./value-types";

/** The declarations of locals at the beginning of a body. */
@unmanaged
class Locals {
  /** How many there are. */
  count: u32;
  /** How many groups they are declared in. */
  groups: u32;
  /** Where the first group begins, and where the last one ends. */
  start: usize;
  end: usize;
}

/** Those that were read last. */
export const locals = changetype<Locals>(memory.data(offsetof<Locals>()));

export function readLocals(reader: BinaryReader): void {
  const groups = reader.count("groups of locals");
  const start = reader.at;
  let count: u64 = 0;
  for (let group: u32 = 0; group < groups; group++) {
    const offset = reader.at;
    count += reader.u32("a number of locals");
    if (count > source.maxLocals) fail(LOCALS, "", reader, offset, source.maxLocals);
    readValueType(reader);
  }
  locals.count = <u32>count;
  locals.groups = groups;
  locals.start = start;
  locals.end = reader.at;
}
