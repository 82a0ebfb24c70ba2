import { assemble, id, leb, name, section } from "../assemble.js";
import { concatenate } from "../spread-out.js";

/** `bytes` so many times in a row. */
export function repeated(count: number, ...bytes: readonly number[]): Uint8Array {
  return new Uint8Array(count * bytes.length).map((_, i) => bytes[i % bytes.length] as number);
}

/** A section of any size. */
export function large(sectionId: number, ...pieces: readonly Uint8Array[]): Uint8Array {
  const content = concatenate(pieces);
  return concatenate([Uint8Array.of(sectionId, ...leb(content.length)), content]);
}

/** A module of these sections. */
export function module(...sections: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return concatenate([assemble(), ...sections.map((bytes) => Uint8Array.from(bytes))]);
}

/** Types `() -> ()`, `() -> i32` and `i32 -> i32`; everything below has what it needs of the rest. */
export const types: readonly number[] = section(
  id.type,
  3,
  0x60,
  0,
  0,
  0x60,
  0,
  1,
  0x7f,
  0x60,
  1,
  0x7f,
  1,
  0x7f,
);
/** Imports m.f as the first function. */
export const hostImport: readonly number[] = section(id.import, 1, ...name("m"), ...name("f"), 0, 0);

/** A module with a memory, a table, a host function, one function of these instructions and so many locals. */
export function oneBody(
  code: Uint8Array,
  locals: readonly number[] = [0],
  ...more: readonly (readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const body = concatenate([Uint8Array.from(locals), code, Uint8Array.of(0x0b)]);
  return module(
    types,
    hostImport,
    section(id.function, 1, 0),
    section(id.table, 1, 0x70, 0, 1),
    section(id.memory, 1, 0, 1),
    ...more,
    large(id.code, Uint8Array.of(1, ...leb(body.length)), body),
  );
}
