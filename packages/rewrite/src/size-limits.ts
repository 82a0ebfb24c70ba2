import type { SizeLimits, TableDescription } from "@guardhost/core";
import type { BinaryReader } from "./binary-reader.js";
import type { FeatureSet } from "./features.js";
import { readElementType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** In the flags of limits: a maximum follows. */
export const HAS_MAX = 0x01;
/** In the flags of a memory's limits: threads share it. */
export const SHARED = 0x02;
const WIDE = 0x04;

/** The limits of a memory or table, and how they were written. */
export interface EncodedLimits extends SizeLimits {
  /** Whether addresses have 64 bits. */
  readonly wide: boolean;
  /** Offset of the flags, which are the first byte. */
  readonly start: number;
  readonly flags: number;
  /** Offset of what follows the minimum. */
  readonly minEnd: number;
  /** Offset of what follows the limits. */
  readonly end: number;
}

/** The type of a memory: its limits in pages. Limits above Number.MAX_SAFE_INTEGER are given as that. */
export function readMemoryLimits(reader: BinaryReader, features: FeatureSet): EncodedLimits {
  return readLimits(reader, features, HAS_MAX | SHARED | WIDE);
}

/** A table's element type and its limits in elements. */
export interface EncodedTable {
  readonly element: TableDescription["element"];
  readonly limits: EncodedLimits;
}

/** The type of a table. */
export function readTableType(reader: BinaryReader, features: FeatureSet): EncodedTable {
  const element = readElementType(reader, features);
  return { element, limits: readLimits(reader, features, HAS_MAX | WIDE) };
}

/** The limits as a description has them: without a `max` when there is none. */
export function sizeLimits({ min, max }: SizeLimits): SizeLimits {
  return max === undefined ? { min } : { min, max };
}

function readLimits(reader: BinaryReader, features: FeatureSet, known: number): EncodedLimits {
  const start = reader.offset;
  const flags = reader.byte("limits");
  if (flags & ~known) {
    throw new WasmFormatError(
      `expected the flags of limits, found the unknown 0x${flags.toString(16)} in ${reader.where}`,
      start,
    );
  }
  const wide = (flags & WIDE) !== 0;
  if (wide) features.add("memory64");
  if (flags & SHARED) features.add("threads");
  const min = readSize(reader, wide, "a minimum");
  const minEnd = reader.offset;
  if (!(flags & HAS_MAX)) return { min, wide, start, flags, minEnd, end: minEnd };
  const max = readSize(reader, wide, "a maximum");
  return { min, max, wide, start, flags, minEnd, end: reader.offset };
}

function readSize(reader: BinaryReader, wide: boolean, what: string): number {
  return wide ? reader.u64(what) : reader.u32(what);
}
