import type { WasmFeature } from "@guardhost/core";
import {
  BULK_MEMORY,
  EITHER_EXCEPTIONS,
  EXCEPTIONS,
  EXTENDED_CONST,
  GC,
  LEGACY_EXCEPTIONS,
  MEMORY64,
  MULTI_MEMORY,
  MULTI_VALUE,
  MUTABLE_GLOBALS,
  REFERENCE_TYPES,
  RELAXED_SIMD,
  SATURATING_FLOAT_TO_INT,
  SIGN_EXTENSION,
  SIMD,
  TAIL_CALLS,
  THREADS,
  TYPED_FUNCTION_REFERENCES,
} from "./kernel/feature-bits.js";

/**
 * The proposals by name, in the order of {@link WasmFeature}, each with the rule that decides whether a module uses it.
 * A rule asks what the bytes contain, so it also sees code that never runs. Index immediates count as zero only in
 * their shortest form: the first version of WebAssembly has a reserved zero byte in their place.
 */
const bits: Readonly<Record<WasmFeature, number>> = {
  /** Instructions C0 to C4: i32.extend8_s and its siblings. */
  "sign-extension": SIGN_EXTENSION,
  /** Instructions FC 0 to 7: i32.trunc_sat_f32_s and its siblings. */
  "saturating-float-to-int": SATURATING_FLOAT_TO_INT,
  /** Instructions FC 8 to 14; a data count section; a data or element segment whose flags are not 0. */
  "bulk-memory": BULK_MEMORY,
  /**
   * ref.null, ref.is_null, ref.func, table.get, table.set, table.grow, table.size, table.fill, select with types;
   * funcref or externref as the type of a value, externref as that of a table or a segment; more than one table; a
   * table index other than zero; a declared element segment.
   */
  "reference-types": REFERENCE_TYPES,
  /** A function type with more than one result; a block whose type is an index. */
  "multi-value": MULTI_VALUE,
  /** Instructions FD 0 to 255; the type v128. */
  simd: SIMD,
  /** Instructions FD 256 to 275. */
  "relaxed-simd": RELAXED_SIMD,
  /** return_call, return_call_indirect, return_call_ref. */
  "tail-calls": TAIL_CALLS,
  /** try, catch, catch_all, rethrow, delegate. */
  "legacy-exceptions": LEGACY_EXCEPTIONS,
  /**
   * try_table, throw_ref, the type exnref. Tags and throw belong to both forms of exception handling: they count
   * here unless the module also has an instruction of the legacy form.
   */
  exceptions: EXCEPTIONS,
  /** An addition, subtraction or multiplication of integers in a constant expression. */
  "extended-const": EXTENDED_CONST,
  /** A mutable global that is imported or exported. */
  "mutable-globals": MUTABLE_GLOBALS,
  /**
   * Recursion groups, sub, struct and array types; heap types other than func, extern, exn and an index; ref.eq;
   * instructions FB 0 to 30.
   */
  gc: GC,
  /**
   * Reference types in the long form, (ref …) and (ref null …); type indices as heap types; call_ref,
   * return_call_ref, ref.as_non_null, br_on_null, br_on_non_null; a table with an initializer.
   */
  "typed-function-references": TYPED_FUNCTION_REFERENCES,
  /** A memory or table whose limits are 64 bits wide; a memory access whose offset takes more than five bytes. */
  memory64: MEMORY64,
  /** More than one memory; a memory index other than zero; a memory access that names its memory. */
  "multi-memory": MULTI_MEMORY,
  /** A shared memory; instructions FE 0 to 78. */
  threads: THREADS,
};

/** What an instruction or a section can stand for: a feature, or the part that both forms of exception handling share. */
export type FeatureUse = WasmFeature | "either-exceptions";

/** The bit of `use` in {@link FeatureSet.mask}. */
export function featureBit(use: FeatureUse): number {
  return use === "either-exceptions" ? EITHER_EXCEPTIONS : bits[use];
}

/** Collects what a module uses. */
export class FeatureSet {
  /** The bits of all uses so far; code that runs per instruction adds to it directly. */
  mask = 0;

  add(use: FeatureUse): void {
    this.mask |= featureBit(use);
  }

  /** The features in use, in the order of {@link WasmFeature}. */
  list(): WasmFeature[] {
    let mask = this.mask;
    if (mask & EITHER_EXCEPTIONS && !(mask & bits["legacy-exceptions"])) mask |= bits.exceptions;
    return (Object.keys(bits) as WasmFeature[]).filter((feature) => mask & bits[feature]);
  }
}
