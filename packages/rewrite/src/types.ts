import type { FunctionSignature, ValueType, WasmFeature } from "@guardhost/core";
import type { BinaryReader } from "./binary-reader.js";
import type { FeatureSet } from "./features.js";
import { formatLimits } from "./format-limits.js";
import { WasmFormatError } from "./wasm-format-error.js";

interface HeapType {
  readonly name: string;
  /** What a nullable reference to it is called. */
  readonly reference: ValueType;
  readonly feature: WasmFeature;
}

/** The heap types that have a code of their own. */
const heapTypes: ReadonlyMap<number, HeapType> = new Map([
  [0x70, { name: "func", reference: "funcref", feature: "reference-types" }],
  [0x6f, { name: "extern", reference: "externref", feature: "reference-types" }],
  [0x69, { name: "exn", reference: "exnref", feature: "exceptions" }],
  [0x6e, { name: "any", reference: "anyref", feature: "gc" }],
  [0x6d, { name: "eq", reference: "eqref", feature: "gc" }],
  [0x6c, { name: "i31", reference: "i31ref", feature: "gc" }],
  [0x6b, { name: "struct", reference: "structref", feature: "gc" }],
  [0x6a, { name: "array", reference: "arrayref", feature: "gc" }],
  [0x71, { name: "none", reference: "nullref", feature: "gc" }],
  [0x72, { name: "noextern", reference: "nullexternref", feature: "gc" }],
  [0x73, { name: "nofunc", reference: "nullfuncref", feature: "gc" }],
  [0x74, { name: "noexn", reference: "nullexnref", feature: "gc" }],
]);

const FUNCREF = 0x70;
const REF = 0x64;
const REF_NULL = 0x63;

/** A value type, by its text-format name. */
export function readValueType(reader: BinaryReader, features: FeatureSet): ValueType {
  const code = reader.byte("a value type");
  switch (code) {
    case 0x7f:
      return "i32";
    case 0x7e:
      return "i64";
    case 0x7d:
      return "f32";
    case 0x7c:
      return "f64";
    case 0x7b:
      features.add("simd");
      return "v128";
    default:
      return referenceType(code, reader, features);
  }
}

/** The element type of a table or of a segment. Unlike a value type, funcref is part of the first version here. */
export function readElementType(reader: BinaryReader, features: FeatureSet): ValueType {
  const code = reader.byte("a reference type");
  return code === FUNCREF ? "funcref" : referenceType(code, reader, features);
}

/** A heap type: a type index, or the name of one that has a code. */
export function readHeapType(reader: BinaryReader, features: FeatureSet): string {
  const start = reader.offset;
  const value = reader.s33("a heap type");
  if (value >= 0) {
    features.add("typed-function-references");
    return String(value);
  }
  const heapType = value >= -64 ? heapTypes.get(value & 0x7f) : undefined;
  if (heapType === undefined) {
    const found = reader.bytes[start] as number;
    throw new WasmFormatError(
      `expected a heap type, found the unknown 0x${found.toString(16)} in ${reader.where}`,
      start,
    );
  }
  features.add(heapType.feature);
  return heapType.name;
}

/** Parameters and results of a function type, from behind its form byte. */
export function readSignature(reader: BinaryReader, features: FeatureSet): FunctionSignature {
  const params = readValueTypes(reader, features, "parameters", formatLimits.parameters);
  const results = readValueTypes(reader, features, "results", formatLimits.results);
  if (results.length > 1) features.add("multi-value");
  return { params, results };
}

function readValueTypes(
  reader: BinaryReader,
  features: FeatureSet,
  what: string,
  limit: number,
): readonly ValueType[] {
  const types: ValueType[] = [];
  for (let count = reader.count(what, limit); count > 0; count--) types.push(readValueType(reader, features));
  return types;
}

function referenceType(code: number, reader: BinaryReader, features: FeatureSet): ValueType {
  if (code === REF || code === REF_NULL) {
    features.add("typed-function-references");
    return `(ref ${code === REF_NULL ? "null " : ""}${readHeapType(reader, features)})`;
  }
  const heapType = heapTypes.get(code);
  if (heapType === undefined) {
    throw new WasmFormatError(
      `expected a type, found the unknown 0x${code.toString(16)} in ${reader.where}`,
      reader.offset - 1,
    );
  }
  features.add(heapType.feature);
  return heapType.reference;
}
