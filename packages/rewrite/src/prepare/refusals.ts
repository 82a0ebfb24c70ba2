import type { ModuleContents } from "../module-contents.js";
import { refusedFeatures } from "../refused-features.js";
import { WasmFormatError } from "../wasm-format-error.js";
import { INTERRUPT_EXPORT_PREFIX, INTERRUPT_MODULE } from "./interrupt-abi.js";

/** Throws if what was read so far, up to `offset`, uses something that is not prepared for. */
export function refuseFeatures(contents: ModuleContents, offset: number): void {
  const found = refusedFeatures(contents);
  if (found !== undefined) throw refusal(`it uses ${found.join(" and ")}`, offset);
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
