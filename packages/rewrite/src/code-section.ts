import type { BinaryReader } from "./binary-reader.js";
import { formatLimits } from "./format-limits.js";
import { skipInstructions } from "./instructions.js";
import type { ModuleContents } from "./module-contents.js";
import { readValueType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** Reads all function bodies. */
export function readCodeSection(reader: BinaryReader, contents: ModuleContents): void {
  for (const body of readBodies(reader, contents)) {
    readLocals(body, contents);
    skipInstructions(contents.instructions, body);
  }
}

/** The function bodies one after the other, each of which has to be read to its end. */
export function* readBodies(
  reader: BinaryReader,
  contents: ModuleContents,
): Generator<BinaryReader, void, void> {
  const start = reader.offset;
  contents.bodies = reader.count("function bodies", formatLimits.functions);
  if (contents.bodies !== contents.ownFunctions) {
    throw new WasmFormatError(
      `expected as many bodies as functions (${contents.ownFunctions}), found ${contents.bodies}`,
      start,
    );
  }
  for (let i = 0; i < contents.bodies; i++) {
    const size = reader.u32("the size of a function body");
    const body = reader.part(size, `the body of function ${contents.importedFunctions + i}`);
    yield body;
    body.finish();
  }
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
