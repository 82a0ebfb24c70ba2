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
import type { ModuleContents } from "./module-contents.js";
import type { Section, SectionKind } from "./sections.js";
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
    contents.start = content.u32Below(contents.functions.length, "a function index");
  },
  element: readElementSection,
  "data count": readDataCountSection,
  code: readCodeSection,
  data: readDataSection,
};

/** Reads all of a section, and adds what it says to `contents`. */
export function readSection({ kind, content }: Section, contents: ModuleContents): void {
  readers[kind](content, contents);
  content.finish();
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
export function checkCounts(
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
