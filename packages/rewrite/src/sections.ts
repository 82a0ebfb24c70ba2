import { BinaryReader } from "./binary-reader.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** The sections of a module that are not custom, in the order they have to come in. */
const sectionOrder = [
  "type",
  "import",
  "function",
  "table",
  "memory",
  "tag",
  "global",
  "export",
  "start",
  "element",
  "data count",
  "code",
  "data",
] as const;

/** A section's kind, by its name in the specification. */
export type SectionKind = (typeof sectionOrder)[number] | "custom";

/** The kinds by their id. */
const sectionKinds: readonly SectionKind[] = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
  "tag",
];

/** Where sections of a kind that is not custom come among the others. */
export function sectionPosition(kind: SectionKind): number {
  return sectionOrder.indexOf(kind as (typeof sectionOrder)[number]);
}

/** The byte that a section of this kind begins with. */
export function sectionId(kind: SectionKind): number {
  return sectionKinds.indexOf(kind);
}

/** One section of a module. */
export interface Section {
  readonly kind: SectionKind;
  /** Where the section begins: the offset of its id. */
  readonly start: number;
  /** Reads the content. */
  readonly content: BinaryReader;
}

/**
 * The sections of `module`, one after the other. Throws a WasmFormatError when it gets to something that is not a
 * section, or not one that may stand there.
 */
export function* readSections(module: Uint8Array): Generator<Section, void, void> {
  const reader = new BinaryReader(module, "the module");
  readPreamble(reader);
  let position = -1;
  while (!reader.atEnd) {
    const start = reader.offset;
    const id = reader.byte("a section id");
    const kind = sectionKinds[id];
    if (kind === undefined) throw new WasmFormatError(`unknown section id ${id}`, start);
    if (kind !== "custom") {
      const place = sectionPosition(kind);
      if (place <= position) throw misplaced(kind, sectionOrder[position] as SectionKind, start);
      position = place;
    }
    const size = reader.u32(`the size of the ${kind} section`);
    yield { kind, start, content: reader.part(size, `the ${kind} section`) };
  }
}

function misplaced(kind: SectionKind, previous: SectionKind, offset: number): WasmFormatError {
  const problem = kind === previous ? "found a second one" : `found it behind the ${previous} section`;
  return new WasmFormatError(`expected the ${kind} section once and in order, ${problem}`, offset);
}

const MAGIC = "00 61 73 6d";
const VERSION = "01 00 00 00";
/** The second half of the version field is the layer: 0 for modules, 1 for components. */
const COMPONENT_LAYER = "01 00";

function readPreamble(reader: BinaryReader): void {
  if (reader.atEnd) throw new WasmFormatError("expected a WebAssembly module, found no bytes", 0);
  const magic = nextBytes(reader, 4);
  if (magic !== MAGIC) {
    throw new WasmFormatError(`expected a WebAssembly module (${MAGIC}), found ${magic}`, 0);
  }
  const version = nextBytes(reader, 4);
  if (version.length === VERSION.length && version.endsWith(COMPONENT_LAYER)) {
    throw new WasmFormatError(`found a WebAssembly component, not a core module (version ${version})`, 4);
  }
  if (version !== VERSION) {
    throw new WasmFormatError(`expected WebAssembly version ${VERSION}, found ${version || "nothing"}`, 4);
  }
}

/** Up to `length` bytes in hexadecimal. */
function nextBytes(reader: BinaryReader, length: number): string {
  const digits: string[] = [];
  while (digits.length < length && !reader.atEnd) {
    digits.push(reader.byte("a byte").toString(16).padStart(2, "0"));
  }
  return digits.join(" ");
}
