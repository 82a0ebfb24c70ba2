import type { ModuleDescription } from "@guardhost/core";
import type { BinaryReader } from "./binary-reader.js";
import { readCodeSection } from "./code-section.js";
import {
  readFunctionSection,
  readGlobalSection,
  readMemorySection,
  readTableSection,
  readTagSection,
} from "./declaration-sections.js";
import { readExportSection, readImportSection } from "./external-sections.js";
import { formatLimits } from "./format-limits.js";
import { ModuleContents } from "./module-contents.js";
import { readSections, type SectionKind } from "./sections.js";
import { readDataCountSection, readDataSection, readElementSection } from "./segment-sections.js";
import { readTypeSection } from "./type-section.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** What reads the content of each section, to its end. */
const readers: Readonly<Record<SectionKind, (content: BinaryReader, contents: ModuleContents) => void>> = {
  custom: readCustomSection,
  type: (content, contents) => {
    contents.types = readTypeSection(content, contents.features);
  },
  import: readImportSection,
  function: readFunctionSection,
  table: readTableSection,
  memory: readMemorySection,
  tag: readTagSection,
  global: readGlobalSection,
  export: readExportSection,
  start: (content, contents) => {
    content.u32Below(contents.functions.length, "a function index");
    contents.start = true;
  },
  element: readElementSection,
  "data count": readDataCountSection,
  code: readCodeSection,
  data: readDataSection,
};

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
 * Throws a {@link WasmFormatError}, and nothing else, when the bytes are not a module: damaged, a component, of a
 * proposal that nobody here knows, or beyond the size limits that engines have in common. Time and memory are
 * proportional to the number of bytes, whatever they are.
 */
export function describe(module: Uint8Array): ModuleDescription {
  const contents = new ModuleContents();
  for (const { kind, content } of readSections(module)) {
    readers[kind](content, contents);
    content.finish();
  }
  checkCounts(contents, module.length);
  return contents.describe(module.length);
}

/** The payload is what follows the name, and is nobody's business here. */
function readCustomSection(content: BinaryReader, { customSections }: ModuleContents): void {
  if (customSections.length === formatLimits.customSections) {
    throw new WasmFormatError(
      `expected at most ${formatLimits.customSections} custom sections, found more`,
      content.offset,
    );
  }
  const name = content.name("a custom section's name");
  const bytes = content.end - content.offset;
  customSections.push({ name, bytes });
  content.skip(bytes, "the payload");
}

/** Compares the counts that two sections have to agree on, whether or not both are there. */
function checkCounts(
  { ownFunctions, bodies, dataSegments, announcedDataSegments }: ModuleContents,
  end: number,
): void {
  if (bodies !== ownFunctions) {
    throw new WasmFormatError(
      `expected as many bodies as functions (${ownFunctions}), found no code section`,
      end,
    );
  }
  if (announcedDataSegments !== undefined && announcedDataSegments !== dataSegments) {
    throw new WasmFormatError(
      `expected as many data segments as announced (${announcedDataSegments}), found ${dataSegments}`,
      end,
    );
  }
}
