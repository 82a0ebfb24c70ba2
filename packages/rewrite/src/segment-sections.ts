import type { BinaryReader } from "./binary-reader.js";
import { readConstantExpression } from "./declaration-sections.js";
import type { ModuleContents } from "./module-contents.js";
import { readElementType } from "./types.js";

/** Flags of an element segment. */
const NOT_ACTIVE = 0x01;
/** For an active segment: it names its table. For another one: it is declared, not passive. */
const NAMES_TABLE = 0x02;
const DECLARED = NOT_ACTIVE | NAMES_TABLE;
/** The elements are constant expressions, not function indices. */
const EXPRESSIONS = 0x04;
const ELEMENT_FLAGS = DECLARED | EXPRESSIONS;

export function readElementSection(reader: BinaryReader, contents: ModuleContents): void {
  for (let count = reader.count("element segments"); count > 0; count--) readElementSegment(reader, contents);
}

function readElementSegment(reader: BinaryReader, contents: ModuleContents): void {
  const { features } = contents;
  const flags = reader.u32Below(ELEMENT_FLAGS + 1, "the flags of an element segment");
  if (flags !== 0) features.add("bulk-memory");
  if ((flags & DECLARED) === DECLARED) features.add("reference-types");
  if (!(flags & NOT_ACTIVE)) {
    if (flags & NAMES_TABLE && reader.u32("a table index") !== 0) features.add("reference-types");
    readConstantExpression(reader, contents);
  }
  if (flags & DECLARED) readElementKind(reader, contents, (flags & EXPRESSIONS) !== 0);
  let count = reader.count("elements");
  contents.elements += count;
  for (; count > 0; count--) {
    if (flags & EXPRESSIONS) readConstantExpression(reader, contents);
    else readFunctionIndex(reader, contents);
  }
}

function readFunctionIndex(reader: BinaryReader, { visitor }: ModuleContents): void {
  const start = reader.offset;
  const index = reader.u32("a function index");
  visitor?.functionIndex(index, start, reader.offset);
}

/** What the elements are. Segments in the oldest form, active in table 0, do not say it. */
function readElementKind(reader: BinaryReader, contents: ModuleContents, expressions: boolean): void {
  if (expressions) readElementType(reader, contents.features);
  else reader.byteUpTo(0, "the kind of elements");
}

export function readDataCountSection(reader: BinaryReader, contents: ModuleContents): void {
  contents.features.add("bulk-memory");
  contents.announcedDataSegments = reader.u32("the number of data segments");
}

const PASSIVE = 1;
const NAMES_MEMORY = 2;

export function readDataSection(reader: BinaryReader, contents: ModuleContents): void {
  contents.dataSegments = reader.count("data segments");
  for (let count = contents.dataSegments; count > 0; count--) {
    const flags = reader.u32Below(NAMES_MEMORY + 1, "the flags of a data segment");
    if (flags !== 0) contents.features.add("bulk-memory");
    if (flags === NAMES_MEMORY && reader.u32("a memory index") !== 0) contents.features.add("multi-memory");
    if (flags !== PASSIVE) readConstantExpression(reader, contents);
    reader.skip(reader.u32("the size of a data segment"), "a data segment");
  }
}
