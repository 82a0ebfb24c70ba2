import type { BinaryReader } from "../binary-reader.js";
import { readBodies } from "../code-section.js";
import { featureBit } from "../features.js";
import { ADDED_FUNCTIONS } from "./additions.js";
import { BodyWriter } from "./body-writer.js";
import { ByteWriter } from "./byte-writer.js";
import { addedBodies } from "./check-code.js";
import type { ModuleContext } from "./instrumenter.js";
import { LeafFunctions } from "./leaf-functions.js";
import { FUNCTION_WEIGHT, UNWINDABLE_FUNCTION_WEIGHT } from "./weights.js";

/** The content of the code section: the bodies with checks in them, and those of the added functions. */
export function prepareCode(content: BinaryReader | undefined, module: ModuleContext): Uint8Array {
  const bodies = content === undefined ? undefined : prepareBodies(content, module);
  const out = new ByteWriter();
  out.u32(module.contents.ownFunctions + ADDED_FUNCTIONS);
  if (bodies !== undefined) out.copy(bodies);
  for (const body of addedBodies(module.additions)) {
    out.u32(body.length);
    out.copy(body);
  }
  return out.view();
}

const catching = featureBit("legacy-exceptions") | featureBit("exceptions");

function prepareBodies(content: BinaryReader, module: ModuleContext): Uint8Array {
  const { features } = module.contents;
  const again = content.fork();
  const couldCatch = (features.mask & catching) !== 0;
  const bodies = writeBodies(content, module, couldCatch ? UNWINDABLE_FUNCTION_WEIGHT : FUNCTION_WEIGHT);
  if (couldCatch || (features.mask & catching) === 0) return bodies;
  // Only now it is known that exceptions are caught. Few modules do that.
  return writeBodies(again, module, UNWINDABLE_FUNCTION_WEIGHT);
}

function writeBodies(content: BinaryReader, module: ModuleContext, functionWeight: number): Uint8Array {
  const { contents } = module;
  const bodies: BinaryReader[] = [];
  for (const body of readBodies(content, contents)) {
    bodies.push(body.fork());
    body.offset = body.end;
  }
  const leaves = new LeafFunctions(module, bodies, functionWeight);
  const writer = new BodyWriter(module, functionWeight, contents.instructions, (index) =>
    leaves.chargeOf(index),
  );
  const out = new ByteWriter();
  let index = contents.importedFunctions;
  for (const body of bodies) {
    leaves.chargeOf(index);
    const leaf = leaves.take(index);
    if (leaf === undefined) writer.write(index, body);
    out.copy(leaf ?? writer.body(false));
    index++;
  }
  return out.view();
}
