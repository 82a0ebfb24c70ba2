import type { FunctionSignature } from "@guardhost/core";
import type { BinaryReader } from "./binary-reader.js";
import type { FeatureSet } from "./features.js";
import { formatLimits } from "./format-limits.js";
import { readSignature, readValueType } from "./types.js";
import { WasmFormatError } from "./wasm-format-error.js";

const FUNCTION = 0x60;
const STRUCT = 0x5f;
const ARRAY = 0x5e;
const SUB = 0x50;
const SUB_FINAL = 0x4f;
const RECURSION_GROUP = 0x4e;
const PACKED_I8 = 0x78;
const PACKED_I16 = 0x77;

/** A type of the type section: the signature of a function, or undefined for a struct or an array. */
export type DefinedType = FunctionSignature | undefined;

/** The types that a type section defines, by their index. */
export function readTypeSection(reader: BinaryReader, features: FeatureSet): DefinedType[] {
  const types: DefinedType[] = [];
  for (let groups = reader.count("types", formatLimits.types); groups > 0; groups--) {
    let members = 1;
    if (reader.peek() === RECURSION_GROUP) {
      features.add("gc");
      reader.skip(1, "a recursion group");
      members = reader.count("types of a recursion group", formatLimits.types);
    }
    if (types.length + members > formatLimits.types) {
      throw new WasmFormatError(`expected at most ${formatLimits.types} types, found more`, reader.offset);
    }
    for (; members > 0; members--) types.push(readSubType(reader, features));
  }
  return types;
}

function readSubType(reader: BinaryReader, features: FeatureSet): DefinedType {
  let form = reader.byte("a type");
  if (form === SUB || form === SUB_FINAL) {
    features.add("gc");
    for (let count = reader.count("supertypes"); count > 0; count--) reader.u32("a supertype");
    form = reader.byte("a type");
  }
  switch (form) {
    case FUNCTION:
      return readSignature(reader, features);
    case STRUCT:
      features.add("gc");
      for (let count = reader.count("fields", formatLimits.fields); count > 0; count--) {
        readField(reader, features);
      }
      return undefined;
    case ARRAY:
      features.add("gc");
      readField(reader, features);
      return undefined;
    default:
      throw new WasmFormatError(
        `expected a function type (0x60), found the unknown form 0x${form.toString(16)} in ${reader.where}`,
        reader.offset - 1,
      );
  }
}

function readField(reader: BinaryReader, features: FeatureSet): void {
  const code = reader.peek();
  if (code === PACKED_I8 || code === PACKED_I16) reader.skip(1, "a packed type");
  else readValueType(reader, features);
  readMutability(reader);
}

/** Whether a global or a field is mutable. */
export function readMutability(reader: BinaryReader): boolean {
  return reader.byteUpTo(1, "a mutability") === 1;
}
