import type { ModuleDescription } from "@guardhost/core";
import { ModuleContents } from "./module-contents.js";
import { checkCounts, readSection } from "./section-readers.js";
import { readSections } from "./sections.js";

/**
 * Describes a WebAssembly module: reads all of it, every instruction included, and judges nothing.
 *
 * The proposals that `features` can name are decoded, the ones that no guard may use among them. Structure is
 * checked, types are not: run `WebAssembly.validate` on the same bytes before the description is relied on.
 * Sizes of 64-bit memories and tables beyond Number.MAX_SAFE_INTEGER are given as that number.
 *
 * Whatever V8 validates can be described, but for these: proposals that have no name in `features`; a `select` whose
 * number of types V8 takes for 1 because it looks at eight bits of it only; more than 100,000 custom sections.
 *
 * Throws a WasmUnavailableError where this runtime compiles no WebAssembly, or has no memory for it, and else a
 * {@link WasmFormatError}, and nothing else, when the bytes are not a module: damaged, a component, of a
 * proposal that nobody here knows, or beyond the size limits that engines have in common. Time and memory are
 * proportional to the number of bytes, whatever they are.
 */
export function describe(module: Uint8Array): ModuleDescription {
  const contents = new ModuleContents();
  try {
    for (const section of readSections(module)) readSection(section, contents);
    checkCounts(contents, module.length);
    return contents.describe(module.length);
  } finally {
    contents.kernel.end();
  }
}
