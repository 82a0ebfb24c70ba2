import { BinaryReader } from "./binary-reader.js";
import { formatLimits } from "./format-limits.js";
import type { ModuleContents } from "./module-contents.js";
import { readMemoryLimits, readTableType } from "./size-limits.js";
import { readMutability } from "./type-section.js";
import { readValueType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

const TABLE_WITH_INITIALIZER = 0x40;

export function readFunctionSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("functions", formatLimits.functions); count > 0; count--) {
    contents.addFunction(readFunctionType(reader, contents));
  }
}

export function readTableSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("tables", formatLimits.tables); count > 0; count--) {
    const initialized = skipInitializerMark(reader);
    contents.addTable(readTableType(reader, contents.features), false);
    if (!initialized) continue;
    contents.features.add("typed-function-references");
    readConstantExpression(reader, contents);
  }
}

/** Passes over the two bytes that announce a table with an initializer, and tells whether they were there. */
export function skipInitializerMark(reader: BinaryReader): boolean {
  if (reader.peek() !== TABLE_WITH_INITIALIZER) return false;
  reader.skip(1, "a table");
  reader.byteUpTo(0, "a reserved byte");
  return true;
}

export function readMemorySection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("memories", formatLimits.memories); count > 0; count--) {
    contents.addMemory(readMemoryLimits(reader, contents.features), false);
  }
}

export function readTagSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("tags", formatLimits.tags); count > 0; count--) {
    contents.addTag(readTagType(reader, contents));
  }
}

export function readGlobalSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("globals", formatLimits.globals); count > 0; count--) {
    contents.globals.push(readGlobalType(reader, contents));
    readConstantExpression(reader, contents);
  }
}

/** The type index of a function: that of a function type. */
export function readFunctionType(reader: BinaryReader, contents: ModuleContents): number {
  const start = reader.offset;
  const index = reader.u32Below(contents.types.length, "a type index");
  if (contents.types[index] === undefined) {
    throw new WasmFormatError(
      `expected the index of a function type, found ${index} in ${reader.where}`,
      start,
    );
  }
  return index;
}

/** Reads the type of a global and tells whether it is mutable. */
export function readGlobalType(reader: BinaryReader, contents: ModuleContents): boolean {
  readValueType(reader, contents.features);
  return readMutability(reader);
}

/** Reads the type of a tag: an exception with the parameters of a function type. */
export function readTagType(reader: BinaryReader, contents: ModuleContents): number {
  reader.u32Below(1, "the attribute of a tag");
  return readFunctionType(reader, contents);
}

/** The opcodes of i32.add, i32.sub, i32.mul and of i64.add, i64.sub, i64.mul. */
const extendedConstants: ReadonlySet<number> = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);

const END = 0x0b;
const GLOBAL_GET = 0x23;
const I32_CONST = 0x41;
const REF_FUNC = 0xd2;

/** Reads a constant expression: the value of a global, the offset of a segment and the like. */
export function readConstantExpression(reader: BinaryReader, contents: ModuleContents): void {
  if (passesShortConstant(reader)) return;
  const { instructions, visitor } = contents;
  instructions.enter(reader);
  while (instructions.next()) {
    const { opcode, immediates, end } = instructions;
    if (extendedConstants.has(opcode)) contents.features.add("extended-const");
    if (visitor === undefined || (opcode !== REF_FUNC && opcode !== GLOBAL_GET)) continue;
    const index = new BinaryReader(reader.bytes, reader.where, immediates, end).u32("an index");
    if (opcode === REF_FUNC) visitor.functionIndex(index, immediates, end);
    else visitor.globalIndex(index, immediates);
  }
}

/** Passes over an i32.const of up to 28 bits and an end, which most constant expressions are, or over nothing. */
function passesShortConstant(reader: BinaryReader): boolean {
  const { bytes, offset, end } = reader;
  if (bytes[offset] !== I32_CONST) return false;
  let at = offset + 1;
  while ((bytes[at++] as number) >= 0x80);
  if (at > offset + 5 || at >= end || bytes[at] !== END) return false;
  reader.offset = at + 1;
  return true;
}
