import type { BinaryReader } from "./binary-reader.js";
import { formatLimits } from "./format-limits.js";
import { Exchange } from "./kernel/kernel-exports.js";
import type { ModuleContents } from "./module-contents.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** Reads all function bodies. */
export function readCodeSection(reader: BinaryReader, contents: ModuleContents): void {
  const count = readBodyCount(reader, contents);
  const { offset, end } = reader;
  reader.offset = contents.kernel.run(reader, (kernel) =>
    kernel.readBodies(offset, end, count, contents.importedFunctions),
  );
  noteBodies(contents);
}

/** Notes what the kernel has counted in the bodies that it has just read. */
export function noteBodies(contents: ModuleContents): void {
  const { exchange } = contents.kernel;
  contents.locals = exchange[Exchange.locals] as number;
  contents.typedBlocks = exchange[Exchange.typedBlocks] as number;
  contents.nesting = exchange[Exchange.nesting] as number;
}

/** How many bodies there are: as many as functions of the module's own. */
export function readBodyCount(reader: BinaryReader, contents: ModuleContents): number {
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
