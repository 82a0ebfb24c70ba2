import type { WasmFeature } from "@guardhost/core";
import { featureBit } from "../features.js";
import type { ModuleContents } from "../module-contents.js";
import { WasmFormatError } from "../wasm-format-error.js";
import { INTERRUPT_EXPORT_PREFIX, INTERRUPT_MODULE } from "./interrupt-abi.js";

/** Proposals that are not prepared for: their instructions may take any time, or they are beyond what caps can bound. */
const refused: readonly WasmFeature[] = [
  "gc",
  "typed-function-references",
  "memory64",
  "multi-memory",
  "threads",
];
/** Their bits. */
export const refusedMask: number = refused.reduce((mask, feature) => mask | featureBit(feature), 0);

/** Throws if what was read so far, up to `offset`, uses something that is not prepared for. */
export function refuseFeatures({ features }: ModuleContents, offset: number): void {
  if ((features.mask & refusedMask) === 0) return;
  const found = refused.filter((feature) => features.mask & featureBit(feature));
  throw refusal(`it uses ${found.join(" and ")}`, offset);
}

/** Throws if the imports, which end at `offset`, are such that a prepared module cannot have. */
export function refuseImports({ imports, memories, tables }: ModuleContents, offset: number): void {
  if (imports.some(({ module }) => module === INTERRUPT_MODULE)) {
    throw refusal(`it imports from ${INTERRUPT_MODULE}, which only prepared modules do`, offset);
  }
  if (memories.some(({ imported }) => imported)) throw refusal("it imports a memory", offset);
  if (tables.some(({ imported }) => imported)) throw refusal("it imports a table", offset);
}

/** Throws if an export, all of which end at `offset`, has a name that is for prepared modules. */
export function refuseExports({ exports }: ModuleContents, offset: number): void {
  if (!exports.some(({ name }) => name.startsWith(INTERRUPT_EXPORT_PREFIX))) return;
  throw refusal(`it has an export whose name begins with ${INTERRUPT_EXPORT_PREFIX}`, offset);
}

function refusal(reason: string, offset: number): WasmFormatError {
  return new WasmFormatError(`cannot prepare the module: ${reason}, found`, offset);
}
