import type { BinaryReader } from "./binary-reader.js";
import { formatLimits } from "./format-limits.js";
import { skipInstructions } from "./instructions.js";
import type { ModuleContents } from "./module-contents.js";
import { readValueType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** Reads all function bodies. */
export function readCodeSection(reader: BinaryReader, contents: ModuleContents): void {
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
    readLocals(body, contents);
    skipInstructions(contents.instructions, body);
    body.finish();
  }
}

function readLocals(reader: BinaryReader, contents: ModuleContents): void {
  let locals = 0;
  for (let groups = reader.count("groups of locals"); groups > 0; groups--) {
    const start = reader.offset;
    locals += reader.u32("a number of locals");
    if (locals > formatLimits.locals) {
      throw new WasmFormatError(
        `expected at most ${formatLimits.locals} locals, found more in ${reader.where}`,
        start,
      );
    }
    readValueType(reader, contents.features);
  }
}
