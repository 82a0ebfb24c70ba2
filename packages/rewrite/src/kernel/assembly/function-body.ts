import { BODY } from "../failure-kinds";
import { BinaryReader } from "./binary-reader";
import { fail } from "./exchange";

/** Passes over the body of a function, which begins with its size, and gives it to another reader. */
export function passBody(reader: BinaryReader, index: u32, body: BinaryReader): void {
  const size = reader.u32("the size of a function body");
  body.functionIndex = index;
  body.at = reader.at;
  body.end = reader.end;
  if (<usize>size > reader.end - reader.at) fail(BODY, "", body, body.at, size);
  reader.at += size;
  body.end = reader.at;
}
