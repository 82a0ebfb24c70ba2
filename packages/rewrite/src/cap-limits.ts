import type { BinaryReader } from "./binary-reader.js";
import { skipInitializerMark } from "./declaration-sections.js";
import { FeatureSet } from "./features.js";
import { formatLimits } from "./format-limits.js";
import { InstructionReader, skipInstructions } from "./instructions.js";
import { KernelSession } from "./kernel/session.js";
import { encodeUnsigned } from "./leb128.js";
import { readSections, type Section } from "./sections.js";
import { type EncodedLimits, HAS_MAX, readMemoryLimits, readTableType, SHARED } from "./size-limits.js";
import { WasmFormatError } from "./wasm-format-error.js";
import { WasmLimitError } from "./wasm-limit-error.js";

/** How large the memories and tables of a module may get. Whole numbers from 0 up. */
export interface SizeCaps {
  /** Pages of 64 KiB, for each memory. */
  readonly maxMemoryPages: number;
  /** Elements, for each table. */
  readonly maxTableElements: number;
}

/** The largest size that is valid, by the width of addresses: with 64 bits, that of V8, which is 16 GiB. */
const MAX_PAGES_32 = 65_536;
const MAX_PAGES_64 = 262_144;
const MAX_ELEMENTS_32 = 0xffff_ffff;

/**
 * Returns the module with a maximum for each of its own memories and tables, so that the engine lets none of them
 * grow beyond `caps`. A maximum is added where there is none and lowered where it is larger. When there is nothing
 * to change the result is `module` itself. Only the memory and table sections are written anew: all other bytes
 * stay, what was valid stays valid, and what was not does not become so. Imported memories and tables keep the type that their
 * importer sees.
 *
 * Throws a {@link WasmLimitError} when a minimum is above the cap already, a WasmFormatError when the bytes are not a
 * module, or declare sizes that are not valid, a RangeError when a cap is not a whole number from 0 up, and a WasmUnavailableError
 * where this runtime compiles no WebAssembly and a table has an initializer.
 */
export function capLimits(module: Uint8Array, caps: SizeCaps): Uint8Array {
  checkCaps(caps);
  const pieces: Uint8Array[] = [];
  let copied = 0;
  for (const section of readSections(module)) {
    const content = capSection(module, section, caps);
    if (content === undefined) continue;
    pieces.push(module.subarray(copied, section.start + 1), encodeUnsigned(content.length), content);
    copied = section.content.end;
  }
  if (pieces.length === 0) return module;
  return concatenate([...pieces, module.subarray(copied)]);
}

/** Throws a RangeError when a cap is not a whole number from 0 up. */
export function checkCaps({ maxMemoryPages, maxTableElements }: SizeCaps): void {
  checkCap("maxMemoryPages", maxMemoryPages);
  checkCap("maxTableElements", maxTableElements);
}

/** The content of a section of `module` with all limits in it capped, or undefined if that changes nothing. */
export function capSection(module: Uint8Array, section: Section, caps: SizeCaps): Uint8Array | undefined {
  const { offset: start, end } = section.content;
  const edits = findEdits(section, caps);
  return edits.length === 0 ? undefined : applyEdits(module, { start, end }, edits);
}

/** A memory or table of the module's own. */
interface Definition {
  readonly kind: "memory" | "table";
  /** Its place in its section. */
  readonly place: number;
  readonly limits: EncodedLimits;
}

/** The bytes `module[start, end)`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Other bytes to put in their place. */
interface Edit extends Span {
  readonly bytes: Uint8Array;
}

/** What has to change in a section, in order. */
function findEdits({ kind, content }: Section, caps: SizeCaps): Edit[] {
  if (kind !== "memory" && kind !== "table") return [];
  const definitions = kind === "memory" ? readMemories(content) : readTables(content);
  content.finish();
  return definitions.flatMap((definition) => {
    const { limits, place } = definition;
    assertValidLimits(definition);
    const cap = Math.min(capOf(definition, caps), largestSize(definition));
    if (limits.min > cap) throw new WasmLimitError(kind, place, limits.min, cap);
    return limits.max !== undefined && limits.max <= cap ? [] : editsOf(limits, cap);
  });
}

function readMemories(reader: BinaryReader): Definition[] {
  const memories: Definition[] = [];
  const features = new FeatureSet();
  const count = reader.count("memories", formatLimits.memories);
  for (let place = 0; place < count; place++) {
    memories.push({ kind: "memory", place, limits: readMemoryLimits(reader, features) });
  }
  return memories;
}

function readTables(reader: BinaryReader): Definition[] {
  const tables: Definition[] = [];
  const features = new FeatureSet();
  const kernel = new KernelSession(features);
  const instructions = new InstructionReader(kernel);
  const count = reader.count("tables", formatLimits.tables);
  try {
    for (let place = 0; place < count; place++) {
      const initialized = skipInitializerMark(reader);
      tables.push({ kind: "table", place, limits: readTableType(reader, features).limits });
      if (initialized) skipInstructions(instructions, reader);
    }
  } finally {
    kernel.end();
  }
  return tables;
}

function capOf({ kind }: Definition, caps: SizeCaps): number {
  return kind === "memory" ? caps.maxMemoryPages : caps.maxTableElements;
}

/** A minimum or maximum beyond that would make the module invalid. */
function largestSize({ kind, limits: { wide } }: Definition): number {
  if (kind === "memory") return wide ? MAX_PAGES_64 : MAX_PAGES_32;
  return wide ? Number.POSITIVE_INFINITY : MAX_ELEMENTS_32;
}

/** Refuses limits that are not valid where another maximum, or one that was missing, would hide it. */
function assertValidLimits(definition: Definition): void {
  const { kind, place, limits } = definition;
  const { min, max, start, minEnd, flags } = limits;
  const largest = largestSize(definition);
  const refuse = (expected: string, found: string | number, offset: number): never => {
    throw new WasmFormatError(`expected ${expected}, found ${found} for ${kind} ${place}`, offset);
  };
  if (min > largest) refuse(`a minimum of at most ${largest}`, min, start + 1);
  if (max !== undefined && max > largest) refuse(`a maximum of at most ${largest}`, max, minEnd);
  if (max === undefined && flags & SHARED) refuse("a maximum, as shared memory has one", "none", start);
}

/** Sets the maximum to `cap`: the flag that says there is one, and the maximum itself behind the minimum. */
function editsOf({ start, flags, minEnd, end }: EncodedLimits, cap: number): Edit[] {
  return [
    { start, end: start + 1, bytes: Uint8Array.of(flags | HAS_MAX) },
    { start: minEnd, end, bytes: encodeUnsigned(cap) },
  ];
}

/** The bytes of `span` with the edits made. */
function applyEdits(module: Uint8Array, span: Span, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let copied = span.start;
  for (const { start, end, bytes } of edits) {
    pieces.push(module.subarray(copied, start), bytes);
    copied = end;
  }
  return concatenate([...pieces, module.subarray(copied, span.end)]);
}

/** All pieces in one array of bytes. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function checkCap(name: keyof SizeCaps, cap: number): void {
  if (Number.isSafeInteger(cap) && cap >= 0) return;
  throw new RangeError(`${name} must be a whole number from 0 up, not ${cap}`);
}
