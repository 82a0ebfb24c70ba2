import { BinaryReader } from "../src/binary-reader.js";
import { FeatureSet } from "../src/features.js";
import { InstructionReader } from "../src/instructions.js";
import { id, leb, preamble } from "./assemble.js";
import { rawSections } from "./sections.js";

const NOP = 0x01;

/**
 * A valid module with a `nop` in front of every instruction of its function bodies. It is as valid as before, if what
 * we take for the beginning of an instruction is one.
 */
export function spreadOut(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = rawSections(module).map((section) =>
    section.id === id.code ? spreadOutCode(section.bytes) : [...section.bytes],
  );
  return Uint8Array.from([...preamble, ...sections.flat()]);
}

function spreadOutCode(section: Uint8Array): number[] {
  const reader = new BinaryReader(section, "the code section", 1);
  reader.u32("its size");
  const count = reader.u32("the number of bodies");
  const bodies = Array.from({ length: count }, () => {
    const body = spreadOutBody(reader.part(reader.u32("the size of a body"), "a body"));
    return [...leb(body.length), ...body];
  });
  const content = [...leb(count), ...bodies.flat()];
  return [id.code, ...leb(content.length), ...content];
}

function spreadOutBody(reader: BinaryReader): number[] {
  const { bytes, offset: start } = reader;
  for (let groups = reader.u32("the groups of locals"); groups > 0; groups--) {
    reader.u32("a number of locals");
    if ([0x63, 0x64].includes(reader.byte("a type"))) reader.s33("a heap type");
  }
  const body = [...bytes.subarray(start, reader.offset)];
  const instructions = new InstructionReader(new FeatureSet());
  instructions.enter(reader);
  while (instructions.next()) body.push(NOP, ...bytes.subarray(instructions.offset, instructions.end));
  return body;
}
