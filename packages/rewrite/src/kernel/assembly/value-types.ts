import { HEAP_TYPE, VALUE_TYPE } from "../failure-kinds";
import { EXCEPTIONS, GC, REFERENCE_TYPES, SIMD, TYPED_FUNCTION_REFERENCES } from "../feature-bits";
import { BinaryReader } from "./binary-reader";
import { exchange, fail } from "./exchange";

const F64: u32 = 0x7c;
const V128: u32 = 0x7b;
export const I32: u32 = 0x7f;
export const I64: u32 = 0x7e;
const REF: u32 = 0x64;
const REF_NULL: u32 = 0x63;

/** Whether a byte is the code of i32, i64, f32 or f64. */
// @ts-ignore: decorator
@inline
export function isNumberType(byte: u32): bool {
  return byte >= F64 && byte <= I32;
}

export function readValueType(reader: BinaryReader): void {
  const start = reader.at;
  const code = reader.byte("a value type");
  if (isNumberType(code)) return;
  if (code == V128) {
    exchange.features |= SIMD;
  } else if (code == REF || code == REF_NULL) {
    exchange.features |= TYPED_FUNCTION_REFERENCES;
    readHeapType(reader);
  } else {
    const feature = featureOf(code);
    if (feature == 0) fail(VALUE_TYPE, "", reader, start);
    exchange.features |= feature;
  }
}

/** A type index, or a heap type that has a code. */
export function readHeapType(reader: BinaryReader): void {
  const start = reader.at;
  const value = reader.s33("a heap type");
  const feature = value >= 0 ? TYPED_FUNCTION_REFERENCES : value >= -64 ? featureOf(<u32>value & 0x7f) : 0;
  if (feature == 0) fail(HEAP_TYPE, "", reader, start);
  exchange.features |= feature;
}

/** The feature that a heap type stands for, by its code. 0 if there is none. */
function featureOf(code: u32): u32 {
  switch (code) {
    case 0x70: // func
    case 0x6f: // extern
      return REFERENCE_TYPES;
    case 0x69: // exn
      return EXCEPTIONS;
    case 0x6a: // array
    case 0x6b: // struct
    case 0x6c: // i31
    case 0x6d: // eq
    case 0x6e: // any
    case 0x71: // none
    case 0x72: // noextern
    case 0x73: // nofunc
    case 0x74: // noexn
      return GC;
    default:
      return 0;
  }
}
