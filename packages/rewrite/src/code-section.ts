import { BinaryReader } from "./binary-reader.js";
import { formatLimits } from "./format-limits.js";
import { skipInstructions } from "./instructions.js";
import type { ModuleContents } from "./module-contents.js";
import { readValueType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** Reads all function bodies. */
export function readCodeSection(reader: BinaryReader, contents: ModuleContents): void {
  const { importedFunctions } = contents;
  const count = readBodyCount(reader, contents);
  for (let i = 0; i < count; i++) {
    const size = reader.u32(SIZE);
    const body = reader.part(size, bodyName(importedFunctions + i));
    readLocals(body, contents);
    skipInstructions(contents.instructions, body);
    body.finish();
  }
}

/** All function bodies, none of which is read yet. */
export class FunctionBodies {
  readonly #bytes: Uint8Array;
  readonly #firstIndex: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  /** Passes over the code section, which `reader` is at the beginning of. */
  constructor(reader: BinaryReader, contents: ModuleContents) {
    const count = readBodyCount(reader, contents);
    this.#bytes = reader.bytes;
    this.#firstIndex = contents.importedFunctions;
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const size = reader.u32(SIZE);
      this.#starts[i] = reader.offset;
      if (size > reader.end - reader.offset) reader.skip(size, bodyName(this.#firstIndex + i));
      reader.offset += size;
      this.#ends[i] = reader.offset;
    }
  }

  /** A reader of the body of a function, or undefined if the function is imported. */
  read(index: number): BinaryReader | undefined {
    const i = index - this.#firstIndex;
    if (i < 0) return undefined;
    return new BinaryReader(this.#bytes, bodyName(index), this.#starts[i], this.#ends[i]);
  }
}

const SIZE = "the size of a function body";

function bodyName(index: number): string {
  return `the body of function ${index}`;
}

/** How many bodies there are: as many as functions of the module's own. */
function readBodyCount(reader: BinaryReader, contents: ModuleContents): number {
  const start = reader.offset;
  contents.bodies = reader.count("function bodies", formatLimits.functions);
  if (contents.bodies !== contents.ownFunctions) {
    throw new WasmFormatError(
      `expected as many bodies as functions (${contents.ownFunctions}), found ${contents.bodies}`,
      start,
    );
  }
  return contents.bodies;
}

/** The declarations of locals at the beginning of a body. */
export interface Locals {
  /** How many there are. */
  readonly count: number;
  /** How many groups they are declared in. */
  readonly groups: number;
  /** Where the first group begins. */
  readonly start: number;
  /** Where the last group ends, and the instructions begin. */
  readonly end: number;
}

export function readLocals(reader: BinaryReader, contents: ModuleContents): Locals {
  const groups = reader.count("groups of locals");
  const start = reader.offset;
  let count = 0;
  for (let group = 0; group < groups; group++) {
    const offset = reader.offset;
    count += reader.u32("a number of locals");
    if (count > formatLimits.locals) {
      throw new WasmFormatError(
        `expected at most ${formatLimits.locals} locals, found more in ${reader.where}`,
        offset,
      );
    }
    readValueType(reader, contents.features);
  }
  return { count, groups, start, end: reader.offset };
}
