import type { BinaryReader } from "./binary-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { WasmFormatError } from "./wasm-format-error.js";

/** The subsection with the names of functions. */
const FUNCTIONS = 1;
/** Those that stay right, because what they name keeps its index. The others name locals, labels or fields. */
const kept: ReadonlySet<number> = new Set([
  0, // module
  4, // types
  5, // tables
  6, // memories
  7, // globals
  8, // element segments
  9, // data segments
  11, // tags
]);

/** What happens to the functions of a module. */
export interface FunctionRenumbering {
  /** How many there were. */
  readonly functions: number;
  /** The new index of one, or undefined if it goes away. Must rise with the old one. */
  readonly renumber: (index: number) => number | undefined;
  /** The new functions by index, in order. */
  readonly added: ReadonlyMap<number, string>;
}

/**
 * The payload of a name section after functions were renumbered, or undefined when it is damaged: no engine minds
 * that, so neither do we, but what it says would be wrong.
 */
export function renumberNames(
  payload: BinaryReader,
  renumbering: FunctionRenumbering,
): Uint8Array | undefined {
  const out = new ByteWriter();
  try {
    while (!payload.atEnd) {
      const id = payload.byte("a subsection id");
      const part = payload.part(payload.u32("the size of a subsection"), "a subsection");
      if (id === FUNCTIONS) writeSubsection(out, id, functionNames(part, renumbering));
      else if (kept.has(id)) writeSubsection(out, id, part.bytes.subarray(part.offset, part.end));
    }
  } catch (error) {
    if (error instanceof WasmFormatError) return undefined;
    throw error;
  }
  return out.view();
}

function writeSubsection(out: ByteWriter, id: number, content: Uint8Array): void {
  out.byte(id);
  out.u32(content.length);
  out.copy(content);
}

function functionNames(names: BinaryReader, { functions, renumber, added }: FunctionRenumbering): Uint8Array {
  const entries = new ByteWriter();
  const pending = [...added];
  let count = 0;
  const addBelow = (index: number): void => {
    for (; pending.length > 0 && (pending[0] as [number, string])[0] < index; count++) {
      const [at, name] = pending.shift() as [number, string];
      entries.u32(at);
      entries.ascii(name);
    }
  };
  let next = 0;
  for (let left = names.count("function names"); left > 0; left--) {
    const start = names.offset;
    const index = names.u32Below(functions, "a function index");
    if (index < next) throw new WasmFormatError("expected function names by rising index", start);
    next = index + 1;
    const nameStart = names.offset;
    names.skip(names.u32("the length of a function name"), "a function name");
    const renumbered = renumber(index);
    if (renumbered === undefined) continue;
    addBelow(renumbered);
    entries.u32(renumbered);
    entries.copy(names.bytes, nameStart, names.offset);
    count++;
  }
  names.finish();
  addBelow(Number.POSITIVE_INFINITY);
  const out = new ByteWriter();
  out.u32(count);
  out.copy(entries.view());
  return out.view();
}
