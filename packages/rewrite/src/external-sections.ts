import type { ExternalKind } from "@guardhost/core";
import type { BinaryReader } from "./binary-reader.js";
import { readFunctionType, readGlobalType, readTagType } from "./declaration-sections.js";
import { formatLimits } from "./format-limits.js";
import type { ModuleContents } from "./module-contents.js";
import { readMemoryLimits, readTableType } from "./size-limits.js";

/** The kinds by their number in imports and exports. */
const externalKinds: readonly ExternalKind[] = ["function", "table", "memory", "global", "tag"];

export function readImportSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("imports", formatLimits.imports); count > 0; count--) {
    const module = reader.name("a module name");
    const name = reader.name("an import's name");
    const kind = readExternalKind(reader);
    readImportType(kind, reader, contents);
    const signature = kind === "function" ? contents.functions.at(-1) : undefined;
    contents.imports.push({ module, name, kind, ...(signature && { signature }) });
  }
  contents.importedFunctions = contents.functions.length;
}

export function readExportSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("exports", formatLimits.exports); count > 0; count--) {
    const name = reader.name("an export's name");
    const kind = readExternalKind(reader);
    const start = reader.offset;
    const index = reader.u32Below(contents.count(kind), `a ${kind} index`);
    if (kind === "function") contents.visitor?.functionIndex(index, start, reader.offset);
    if (kind === "global" && contents.globals[index]) contents.features.add("mutable-globals");
    const signature = kind === "function" ? contents.functions[index] : undefined;
    contents.exports.push({ name, kind, ...(signature && { signature }) });
    contents.exportIndices.push(index);
  }
}

function readImportType(kind: ExternalKind, reader: BinaryReader, contents: ModuleContents): void {
  switch (kind) {
    case "function":
      contents.addFunction(readFunctionType(reader, contents));
      break;
    case "table":
      contents.addTable(readTableType(reader, contents.features), true);
      break;
    case "memory":
      contents.addMemory(readMemoryLimits(reader, contents.features), true);
      break;
    case "global": {
      const mutable = readGlobalType(reader, contents);
      if (mutable) contents.features.add("mutable-globals");
      contents.globals.push(mutable);
      break;
    }
    case "tag":
      contents.addTag(readTagType(reader, contents));
      break;
  }
}

function readExternalKind(reader: BinaryReader): ExternalKind {
  return externalKinds[reader.byteUpTo(externalKinds.length - 1, "a kind")] as ExternalKind;
}
