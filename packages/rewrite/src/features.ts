import type { WasmFeature } from "@guardhost/core";

/**
 * The proposals by name, in the order of {@link WasmFeature}, each with the rule that decides whether a module uses it.
 * A rule asks what the bytes contain, so it also sees code that never runs. Index immediates count as zero only in
 * their shortest form: the first version of WebAssembly has a reserved zero byte in their place.
 */
const bits: Readonly<Record<WasmFeature, number>> = {
  /** Instructions C0 to C4: i32.extend8_s and its siblings. */
  "sign-extension": 1 << 0,
  /** Instructions FC 0 to 7: i32.trunc_sat_f32_s and its siblings. */
  "saturating-float-to-int": 1 << 1,
  /** Instructions FC 8 to 14; a data count section; a data or element segment whose flags are not 0. */
  "bulk-memory": 1 << 2,
  /**
   * ref.null, ref.is_null, ref.func, table.get, table.set, table.grow, table.size, table.fill, select with types;
   * funcref or externref as the type of a value, externref as that of a table or a segment; more than one table; a
   * table index other than zero; a declared element segment.
   */
  "reference-types": 1 << 3,
  /** A function type with more than one result; a block whose type is an index. */
  "multi-value": 1 << 4,
  /** Instructions FD 0 to 255; the type v128. */
  simd: 1 << 5,
  /** Instructions FD 256 to 275. */
  "relaxed-simd": 1 << 6,
  /** return_call, return_call_indirect, return_call_ref. */
  "tail-calls": 1 << 7,
  /** try, catch, catch_all, rethrow, delegate. */
  "legacy-exceptions": 1 << 8,
  /**
   * try_table, throw_ref, the type exnref. Tags and throw belong to both forms of exception handling: they count
   * here unless the module also has an instruction of the legacy form.
   */
  exceptions: 1 << 9,
  /** An addition, subtraction or multiplication of integers in a constant expression. */
  "extended-const": 1 << 10,
  /** A mutable global that is imported or exported. */
  "mutable-globals": 1 << 11,
  /**
   * Recursion groups, sub, struct and array types; heap types other than func, extern, exn and an index; ref.eq;
   * instructions FB 0 to 30.
   */
  gc: 1 << 12,
  /**
   * Reference types in the long form, (ref …) and (ref null …); type indices as heap types; call_ref,
   * return_call_ref, ref.as_non_null, br_on_null, br_on_non_null; a table with an initializer.
   */
  "typed-function-references": 1 << 13,
  /** A memory or table whose limits are 64 bits wide; a memory access whose offset takes more than five bytes. */
  memory64: 1 << 14,
  /** More than one memory; a memory index other than zero; a memory access that names its memory. */
  "multi-memory": 1 << 15,
  /** A shared memory; instructions FE 0 to 78. */
  threads: 1 << 16,
};

/** Tags and throw: resolved to one of the two forms of exception handling at the end. */
const EITHER_EXCEPTIONS = 1 << 17;

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
