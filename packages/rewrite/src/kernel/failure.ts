import { BinaryReader } from "../binary-reader.js";
import { FeatureSet } from "../features.js";
import { formatLimits } from "../format-limits.js";
import { readHeapType, readValueType } from "../types.js";
import { WasmFormatError } from "../wasm-format-error.js";
import { WasmUnavailableError } from "../wasm-unavailable-error.js";
import {
  ALIGNMENT,
  ARM,
  BODY,
  BYTE,
  BYTE_UP_TO,
  COUNT,
  END,
  HEAP_TYPE,
  LOCALS,
  OPCODE,
  OUT_OF_MEMORY,
  REFUSED,
  S32,
  S33,
  S64,
  SELECT_TYPES,
  SKIP,
  U32,
  U32_BELOW,
  U64,
  UNDECLARED,
  VALUE_TYPE,
} from "./failure-kinds.js";
import type { Kernel } from "./kernel.js";
import { Exchange } from "./kernel-exports.js";

/**
 * Throws what there is to say when the kernel has found something wrong in a part of a module. `refuse` is what says it of features that
 * are refused.
 */
export function throwFailure(
  kernel: Kernel,
  part: { readonly bytes: Uint8Array; readonly where: string },
  refuse?: (offset: number) => void,
): never {
  const { exchange } = kernel;
  const field = (name: keyof typeof Exchange) => exchange[Exchange[name]] as number;
  const [kind, offset, argument] = [field("failure"), field("offset"), field("argument")];
  const { bytes } = part;
  if (kind === OUT_OF_MEMORY) {
    throw new WasmUnavailableError(new RangeError(`no memory is left for a module of ${bytes.length} bytes`));
  }
  const body = `the body of function ${field("functionIndex")}`;
  const inBody = kind !== BODY && field("functionIndex") !== NO_FUNCTION;
  const reader = new BinaryReader(bytes, inBody ? body : part.where, offset, field("end"));
  if (kind === BODY) reader.skip(argument, body);
  else if (kind === REFUSED) refuse?.(offset);
  else if (kind >= ALIGNMENT) throw new WasmFormatError(problemOf(kind, argument, reader), offset);
  else readAgain(kind, kernel.textAt(field("what")), argument, reader);
  throw new Error(`the kernel has found a failure of kind ${kind} at offset ${offset}, and there is none`);
}

/** In the place of a function's index. */
const NO_FUNCTION = 0xffff_ffff;

/** Reads once more what the kernel has found wrong: whoever has the words for it finds the same. */
function readAgain(kind: number, what: string, argument: number, reader: BinaryReader): void {
  switch (kind) {
    case BYTE:
      reader.byte(what);
      break;
    case BYTE_UP_TO:
      reader.byteUpTo(argument, what);
      break;
    case SKIP:
      reader.skip(argument, what);
      break;
    case U32:
      reader.u32(what);
      break;
    case U64:
      reader.u64(what);
      break;
    case S32:
      reader.s32(what);
      break;
    case S33:
      reader.s33(what);
      break;
    case S64:
      reader.skipS64(what);
      break;
    case COUNT:
      reader.count(what);
      break;
    case U32_BELOW:
      reader.u32Below(argument, what);
      break;
    case END:
      reader.finish();
      break;
    case VALUE_TYPE:
      readValueType(reader, new FeatureSet());
      break;
    case HEAP_TYPE:
      readHeapType(reader, new FeatureSet());
      break;
  }
}

/** What is right as bytes, and wrong all the same. */
function problemOf(kind: number, argument: number, reader: BinaryReader): string {
  const { where } = reader;
  switch (kind) {
    case ALIGNMENT:
      return `expected an alignment below 64, found ${argument} in ${where}`;
    case SELECT_TYPES:
      return `expected one type for select, found ${argument} in ${where}`;
    case LOCALS:
      return `expected at most ${formatLimits.locals} locals, found more in ${where}`;
    case ARM:
      return `found ${armNames.get(argument)} where no construct can have one`;
    case UNDECLARED:
      return `expected a reference to a declared function, found one to function ${argument} in ${where}`;
    case OPCODE:
      return `unknown opcode ${opcodeName(reader)}`;
    default:
      throw new Error(`the kernel has found a failure of the unknown kind ${kind}`);
  }
}

const armNames: ReadonlyMap<number, string> = new Map([
  [0x05, "else"],
  [0x07, "catch"],
  [0x18, "delegate"],
  [0x19, "catch_all"],
]);

/** Opcodes of two parts begin with one of these. */
const [FIRST_PREFIX, LAST_PREFIX] = [0xfb, 0xfe];

function opcodeName(reader: BinaryReader): string {
  const byte = reader.byte("an instruction");
  const first = `0x${byte.toString(16).padStart(2, "0")}`;
  if (byte < FIRST_PREFIX || byte > LAST_PREFIX) return first;
  return `${first} 0x${reader.u32("an opcode").toString(16)}`;
}
