import type { BinaryReader } from "../binary-reader.js";
import { readBodies, readLocals } from "../code-section.js";
import { featureBit } from "../features.js";
import { ADDED_FUNCTIONS } from "./additions.js";
import { ByteWriter } from "./byte-writer.js";
import { addedBodies, CREDIT_LOCAL, setCredit } from "./check-code.js";
import { Instrumenter, type ModuleContext } from "./instrumenter.js";
import { refuseFeatures } from "./refusals.js";
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
  const { bytes, contents } = module;
  const out = new ByteWriter();
  const instrumenter = new Instrumenter(module, functionWeight);
  const declarations = new ByteWriter();
  findLeaves(content.fork(), module, instrumenter);
  let index = contents.importedFunctions;
  for (const body of readBodies(content, contents)) {
    const parameters = contents.functions[index]?.params.length ?? 0;
    const locals = readLocals(body, contents);
    const used = parameters + locals.count;
    const code = instrumenter.instrument(index, body, used);
    refuseFeatures(contents, body.offset);
    declarations.clear();
    declarations.u32(locals.groups + (instrumenter.credit > 0 ? 1 : 0));
    declarations.copy(bytes, locals.start, locals.end);
    if (instrumenter.credit > 0) {
      declarations.copy(CREDIT_LOCAL);
      declarations.copy(setCredit(used, instrumenter.credit));
    }
    out.u32(declarations.length + code.length);
    out.copy(declarations.view());
    out.copy(code);
    index++;
  }
  return out.view();
}

/** Goes over all functions that can be leaves, as it matters to functions before them. */
function findLeaves(content: BinaryReader, module: ModuleContext, instrumenter: Instrumenter): void {
  const { contents, referenced } = module;
  let index = contents.importedFunctions;
  for (const body of readBodies(content, contents)) {
    if (!referenced.has(index)) {
      const parameters = contents.functions[index]?.params.length ?? 0;
      instrumenter.findLeaf(index, body, parameters + readLocals(body, contents).count);
    }
    body.offset = body.end;
    index++;
  }
}
