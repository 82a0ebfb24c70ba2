import type { BinaryReader } from "../binary-reader.js";
import { ByteWriter } from "../byte-writer.js";
import { FunctionBodies } from "../code-section.js";
import { featureBit } from "../features.js";
import { ADDED_FUNCTIONS } from "./additions.js";
import { BodyWriter } from "./body-writer.js";
import { addedBodies } from "./check-code.js";
import { LeafFunctions } from "./leaf-functions.js";
import type { ModuleContext } from "./module-context.js";
import { FUNCTION_WEIGHT, UNWINDABLE_FUNCTION_WEIGHT } from "./weights.js";

/** The content of the code section: the bodies with checks in them, and those of the added functions. */
export function prepareCode(content: BinaryReader | undefined, module: ModuleContext): Uint8Array {
  const out = new ByteWriter(content && 2 * (content.end - content.offset));
  out.u32(module.contents.ownFunctions + ADDED_FUNCTIONS);
  if (content !== undefined) prepareBodies(content, module, out);
  for (const body of addedBodies(module.additions)) {
    out.u32(body.length);
    out.copy(body);
  }
  return out.view();
}

const catching = featureBit("legacy-exceptions") | featureBit("exceptions");

function prepareBodies(content: BinaryReader, module: ModuleContext, out: ByteWriter): void {
  const { features } = module.contents;
  const bodies = new FunctionBodies(content, module.contents);
  const start = out.length;
  const couldCatch = (features.mask & catching) !== 0;
  writeBodies(bodies, module, couldCatch ? UNWINDABLE_FUNCTION_WEIGHT : FUNCTION_WEIGHT, out);
  if (couldCatch || (features.mask & catching) === 0) return;
  // Only now it is known that exceptions are caught. Few modules do that.
  out.clear(start);
  writeBodies(bodies, module, UNWINDABLE_FUNCTION_WEIGHT, out);
}

function writeBodies(
  bodies: FunctionBodies,
  module: ModuleContext,
  functionWeight: number,
  out: ByteWriter,
): void {
  const { importedFunctions, functions } = module.contents;
  const leaves = new LeafFunctions(module, bodies, functionWeight);
  const writer = new BodyWriter(module, functionWeight, leaves);
  for (let index = importedFunctions; index < functions.length; index++) {
    if (leaves.copyTo(out, index)) continue;
    writer.write(index, bodies.read(index) as BinaryReader);
    writer.copyTo(out, leaves.isLeaf(index, writer));
  }
}
