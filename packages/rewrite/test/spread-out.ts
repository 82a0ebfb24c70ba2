import { BinaryReader } from "../src/binary-reader.js";
import { FeatureSet } from "../src/features.js";
import { InstructionReader } from "../src/instructions.js";
import { KernelSession } from "../src/kernel/session.js";
import { id, leb, preamble } from "./assemble.js";
import { rawSections } from "./sections.js";

const NOP = 0x01;

/** What to put in front of an instruction, by its opcode and the first byte of its immediates. */
type Before = (opcode: number, immediate: number) => readonly number[];

/**
 * A valid module with a `nop`, or what `before` says, in front of every instruction of its function bodies. It is as
 * valid as before, if what we take for the beginning of an instruction is one.
 */
export function spreadOut(module: Uint8Array, before: Before = () => [NOP]): Uint8Array<ArrayBuffer> {
  const sections = rawSections(module).map((section) =>
    section.id === id.code ? spreadOutCode(section.bytes, before) : section.bytes,
  );
  return concatenate([Uint8Array.from(preamble), ...sections]);
}

/** The bytes of `pieces`, in their order. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(pieces));
}

function spreadOutCode(section: Uint8Array, before: Before): Uint8Array {
  const reader = new BinaryReader(section, "the code section", 1);
  reader.u32("its size");
  const count = reader.u32("the number of bodies");
  const bodies = Array.from({ length: count }, () => {
    const body = spreadOutBody(reader.part(reader.u32("the size of a body"), "a body"), before);
    return [Uint8Array.from(leb(body.length)), Uint8Array.from(body)];
  });
  const content = concatenate([Uint8Array.from(leb(count)), ...bodies.flat()]);
  return concatenate([Uint8Array.of(id.code, ...leb(content.length)), content]);
}

function spreadOutBody(reader: BinaryReader, before: Before): number[] {
  const { bytes, offset: start } = reader;
  for (let groups = reader.u32("the groups of locals"); groups > 0; groups--) {
    reader.u32("a number of locals");
    if ([0x63, 0x64].includes(reader.byte("a type"))) reader.s33("a heap type");
  }
  const body = [...bytes.subarray(start, reader.offset)];
  const instructions = new InstructionReader(new KernelSession(new FeatureSet()));
  instructions.enter(reader);
  while (instructions.next()) {
    body.push(...before(instructions.opcode, bytes[instructions.immediates] as number));
    for (let at = instructions.offset; at < instructions.end; at++) body.push(bytes[at] as number);
  }
  return body;
}
