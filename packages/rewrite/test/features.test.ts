import type { WasmFeature } from "@guardhost/core";
import { expect, describe as group, test } from "vitest";
import { describe, prepareAndDescribe, WasmFormatError } from "../src/index.js";
import { assemble, id, section, typeSection, wat, withCode, withTypes } from "./assemble.js";

/** For each feature, modules that use it and nothing else, and by name those that come close and do not. */
const examples: Readonly<Record<WasmFeature, Examples>> = {
  "sign-extension": {
    uses: {
      "i32.extend8_s": wat("(module (func (drop (i32.extend8_s (i32.const 0)))))"),
      "i64.extend32_s": wat("(module (func (drop (i64.extend32_s (i64.const 0)))))"),
    },
    without: { "i64.extend_i32_s": wat("(module (func (drop (i64.extend_i32_s (i32.const 0)))))") },
  },
  "saturating-float-to-int": {
    uses: {
      "i32.trunc_sat_f32_s": wat("(module (func (drop (i32.trunc_sat_f32_s (f32.const 0)))))"),
      "i64.trunc_sat_f64_u": wat("(module (func (drop (i64.trunc_sat_f64_u (f64.const 0)))))"),
    },
    without: { "i32.trunc_f32_s": wat("(module (func (drop (i32.trunc_f32_s (f32.const 0)))))") },
  },
  "bulk-memory": {
    uses: {
      "memory.fill": wat(
        "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
      ),
      "memory.copy": wat(
        "(module (memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))))",
      ),
      "memory.init": withCode([0x00, 0xfc, 8, 0, 0]),
      "data.drop": withCode([0x00, 0xfc, 9, 0]),
      "table.init": withCode([0x00, 0xfc, 12, 0, 0]),
      "elem.drop": withCode([0x00, 0xfc, 13, 0]),
      "table.copy": withCode([0x00, 0xfc, 14, 0, 0]),
      "data count section": assemble(section(id.dataCount, 0)),
      "passive data segment": assemble(section(id.data, 1, 1, 0)),
      "data segment that names memory 0": assemble(section(id.data, 1, 2, 0, 0x41, 0, 0x0b, 0)),
      "passive element segment": assemble(section(id.element, 1, 1, 0, 0)),
      "element segment that names table 0": assemble(section(id.element, 1, 2, 0, 0x41, 0, 0x0b, 0, 0)),
    },
    without: {
      "active segments": wat(
        '(module (memory 1) (data (i32.const 0) "x") (table 1 funcref) (func $f) (elem (i32.const 0) $f))',
      ),
    },
  },
  "reference-types": {
    uses: {
      "ref.null": wat("(module (func (drop (ref.null extern))))"),
      "ref.is_null": withCode([0x00, 0xd1]),
      "ref.func": withCode([0x00, 0xd2, 0]),
      "table.get": withCode([0x00, 0x25, 0]),
      "table.set": withCode([0x00, 0x26, 0]),
      "table.grow": withCode([0x00, 0xfc, 15, 0]),
      "table.size": withCode([0x00, 0xfc, 16, 0]),
      "table.fill": withCode([0x00, 0xfc, 17, 0]),
      "select with types": wat(
        "(module (func (drop (select (result i32) (i32.const 0) (i32.const 0) (i32.const 0)))))",
      ),
      "funcref parameter": wat("(module (func (param funcref)))"),
      "externref result": wat("(module (type (func (result externref))))"),
      "externref local": wat("(module (func (local externref)))"),
      "table of externref": wat("(module (table 1 externref))"),
      "two tables": wat("(module (table 1 funcref) (table 1 funcref))"),
      "imported and own table": wat('(module (import "m" "t" (table 1 funcref)) (table 1 funcref))'),
      "call_indirect with table 1": withCode([0x00, 0x11, 0, 1]),
      "call_indirect with table 0 in two bytes": withCode([0x00, 0x11, 0, 0x80, 0]),
    },
    without: {
      "one table of funcref and call_indirect": wat(
        '(module (table (export "t") 1 funcref) (func (call_indirect (i32.const 0))))',
      ),
      "select without types": wat(
        "(module (func (drop (select (i32.const 0) (i32.const 0) (i32.const 0)))))",
      ),
    },
  },
  "multi-value": {
    uses: {
      "two results": wat("(module (type (func (result i32 i32))))"),
      "block with parameters": wat("(module (func (i32.const 0) (block (param i32) (drop))))"),
      "loop of a type": withCode([0x03, 0, 0x0b]),
    },
    without: {
      "one result": wat("(module (func (param i32 i32) (result i32) (block (result i32) (i32.const 0))))"),
    },
  },
  simd: {
    uses: {
      "v128.const": wat("(module (func (drop (v128.const i64x2 0 0))))"),
      "v128 parameter": wat("(module (type (func (param v128))))"),
      "v128 local": wat("(module (func (local v128)))"),
      "f64x2.convert_low_i32x4_u": withCode([0x00, 0xfd, 0xff, 0x01]),
    },
    without: { "f64.const": wat("(module (func (drop (f64.const 0))))") },
  },
  "relaxed-simd": {
    uses: {
      "i8x16.relaxed_swizzle": withCode([0x00, 0xfd, 0x80, 0x02]),
      "i32x4.relaxed_dot_i8x16_i7x16_add_s": withCode([0x00, 0xfd, 0x93, 0x02]),
    },
    without: { "i8x16.swizzle": withCode([0x00, 0xfd, 0x0e]) },
  },
  "tail-calls": {
    uses: {
      return_call: wat("(module (func $f (return_call $f)))"),
      return_call_indirect: wat("(module (table 1 funcref) (func (return_call_indirect (i32.const 0))))"),
    },
    without: { "call and return": wat("(module (func $f (call $f) (return)))") },
  },
  "legacy-exceptions": {
    uses: {
      catch_all: wat("(module (func (try (do) (catch_all))))"),
      "catch and throw of a tag": wat("(module (tag $t) (func (try (do (throw $t)) (catch $t))))"),
      delegate: wat("(module (func (try (do) (delegate 0))))"),
      rethrow: wat("(module (func (try $l (do) (catch_all (rethrow $l)))))"),
    },
    without: { try_table: wat("(module (func (block (try_table (catch_all 0)))))") },
  },
  exceptions: {
    uses: {
      try_table: wat("(module (func (block (try_table (catch_all 0)))))"),
      "all four clauses": wat(
        `(module (tag $t) (func (block (block (result exnref)
           (try_table (catch $t 1) (catch_ref $t 0) (catch_all 1) (catch_all_ref 0)) (return)) (drop))))`,
      ),
      throw_ref: withCode([0x00, 0x0a]),
      "exnref parameter": withTypes(1, 0x60, 1, 0x69, 0),
      "ref.null exn": assemble(section(id.type, 1, 0x60, 0, 1, 0x69)),
      "a tag alone": wat("(module (tag))"),
      "an imported tag": wat('(module (import "m" "t" (tag)))'),
      throw: wat("(module (tag $t) (func (throw $t)))"),
    },
    without: { "a tag and its legacy catch": wat("(module (tag $t) (func (try (do) (catch $t))))") },
  },
  "extended-const": {
    uses: {
      "i32.add in a global": wat("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))"),
      "i64.mul in a global": wat("(module (global i64 (i64.mul (i64.const 1) (i64.const 2))))"),
      "i32.sub in a data segment": wat(
        '(module (memory 1) (data (i32.sub (i32.const 1) (i32.const 1)) "x"))',
      ),
    },
    without: { "i32.add in a function": wat("(module (func (drop (i32.add (i32.const 1) (i32.const 2)))))") },
  },
  "mutable-globals": {
    uses: {
      imported: wat('(module (import "m" "g" (global (mut i32))))'),
      exported: wat('(module (global (export "g") (mut i32) (i32.const 0)))'),
    },
    without: {
      "mutable and private": wat("(module (global (mut i32) (i32.const 0)))"),
      "constant and exported": wat(
        '(module (import "m" "g" (global i32)) (global (export "g") i32 (i32.const 0)))',
      ),
    },
  },
  gc: {
    uses: {
      "struct type": withTypes(1, 0x5f, 2, 0x7f, 0, 0x78, 1),
      "array type": withTypes(1, 0x5e, 0x77, 0),
      "recursion group": withTypes(1, 0x4e, 2, 0x60, 0, 0, 0x60, 0, 0),
      "sub type": withTypes(1, 0x50, 0, 0x60, 0, 0),
      "final sub type": withTypes(2, 0x60, 0, 0, 0x4f, 1, 0, 0x60, 0, 0),
      anyref: withTypes(1, 0x60, 1, 0x6e, 0),
      eqref: withTypes(1, 0x60, 1, 0x6d, 0),
      i31ref: withTypes(1, 0x60, 1, 0x6c, 0),
      structref: withTypes(1, 0x60, 1, 0x6b, 0),
      arrayref: withTypes(1, 0x60, 1, 0x6a, 0),
      "the bottom types": withTypes(1, 0x60, 4, 0x71, 0x72, 0x73, 0x74, 0),
      "ref.eq": withCode([0x00, 0xd3]),
      "struct.get": withCode([0x00, 0xfb, 2, 0, 0]),
      "array.new_fixed": withCode([0x00, 0xfb, 8, 0, 3]),
      "array.len": withCode([0x00, 0xfb, 15]),
      "array.copy": withCode([0x00, 0xfb, 17, 0, 0]),
      "ref.test eq": withCode([0x00, 0xfb, 20, 0x6d]),
      br_on_cast: withCode([0x00, 0xfb, 24, 3, 0, 0x6e, 0x6d]),
      "ref.i31": withCode([0x00, 0xfb, 28]),
    },
    without: { "a function type": withTypes(1, 0x60, 0, 0) },
  },
  "typed-function-references": {
    uses: {
      "(ref null 0) parameter": withTypes(2, 0x60, 0, 0, 0x60, 1, 0x63, 0, 0),
      "(ref 0) local": assemble(
        typeSection,
        section(id.function, 1, 0),
        section(id.code, 1, 5, 1, 1, 0x64, 0, 0x0b),
      ),
      call_ref: withCode([0x00, 0x14, 0]),
      "ref.as_non_null": withCode([0x00, 0xd4]),
      br_on_null: withCode([0x00, 0xd5, 0]),
      br_on_non_null: withCode([0x00, 0xd6, 0]),
      "table with an initializer": assemble(section(id.table, 1, 0x40, 0, 0x70, 0, 1, 0x41, 0, 0x0b)),
    },
    without: { "ref.null func": withCode([0xd0, 0x70, 0x1a]) },
  },
  memory64: {
    uses: {
      memory: wat("(module (memory i64 1))"),
      "its offsets": wat(
        "(module (memory i64 1) (func (drop (i32.load offset=0x123456789abc (i64.const 0)))))",
      ),
      table: assemble(section(id.table, 1, 0x70, 4, 1)),
      "an offset of six bytes": withCode([0x00, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0]),
    },
    without: {
      "32-bit memory": wat("(module (memory 1 2))"),
      "an offset of five bytes": withCode([0x00, 0x28, 2, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    },
  },
  "multi-memory": {
    uses: {
      "two memories": wat("(module (memory 1) (memory 1))"),
      "imported and own memory": wat('(module (import "m" "m" (memory 1)) (memory 1))'),
      "load that names memory 0": withCode([0x00, 0x28, 0x42, 0, 0]),
      "memory.size of memory 1": withCode([0x3f, 1, 0x1a]),
      "memory.grow of memory 0 in two bytes": withCode([0x00, 0x40, 0x80, 0]),
    },
    without: { "memory.size and load": wat("(module (memory 1) (func (drop (i32.load (memory.size)))))") },
  },
  threads: {
    uses: {
      "shared memory": wat("(module (memory 1 2 shared))"),
      "atomic.fence": wat("(module (func (atomic.fence)))"),
      "i32.atomic.load": wat("(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))"),
      "i64.atomic.rmw32.cmpxchg_u": withCode([0x00, 0xfe, 0x4e, 2, 0]),
    },
    without: { "a memory with a maximum": wat("(module (memory 1 2))") },
  },
};

interface Examples {
  readonly uses: Readonly<Record<string, Uint8Array>>;
  readonly without: Readonly<Record<string, Uint8Array>>;
}

/** What is told of a module that is read, and the same where it is written anew, unless that is refused. */
function featuresOf(module: Uint8Array): readonly WasmFeature[] {
  const { features } = describe(module);
  try {
    const { description } = prepareAndDescribe(module, { maxMemoryPages: 65_536, maxTableElements: 100_000 });
    expect(description.features).toEqual(features);
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
  }
  return features;
}

group.each(Object.entries(examples) as [WasmFeature, Examples][])("%s", (feature, { uses, without }) => {
  test.each(Object.entries(uses))("is used by: %s", (_, module) => {
    expect(featuresOf(module)).toEqual([feature]);
  });

  test.each(Object.entries(without))("is not used by: %s", (_, module) => {
    expect(featuresOf(module)).not.toContain(feature);
  });
});

group("several features", () => {
  test.each<readonly [string, Uint8Array, readonly WasmFeature[]]>([
    ["nothing", assemble(), []],
    ["return_call_ref", withCode([0x00, 0x15, 0]), ["tail-calls", "typed-function-references"]],
    [
      "a declared element segment",
      assemble(section(id.element, 1, 3, 0, 0)),
      ["bulk-memory", "reference-types"],
    ],
    [
      "an element segment of expressions",
      assemble(section(id.element, 1, 5, 0x70, 1, 0xd0, 0x70, 0x0b)),
      ["bulk-memory", "reference-types"],
    ],
    [
      "an active element segment of externref in table 1",
      assemble(section(id.element, 1, 6, 1, 0x41, 0, 0x0b, 0x6f, 0)),
      ["bulk-memory", "reference-types"],
    ],
    [
      "a data segment in memory 1",
      assemble(section(id.data, 1, 2, 1, 0x41, 0, 0x0b, 0)),
      ["bulk-memory", "multi-memory"],
    ],
    ["memory.copy to memory 1", withCode([0x00, 0xfc, 10, 1, 0]), ["bulk-memory", "multi-memory"]],
    ["table.copy to table 1", withCode([0x00, 0xfc, 14, 1, 0]), ["bulk-memory", "reference-types"]],
    ["memory.init of segment 1", withCode([0x00, 0xfc, 8, 1, 0]), ["bulk-memory"]],
    ["memory.init in memory 1", withCode([0x00, 0xfc, 8, 0, 1]), ["bulk-memory", "multi-memory"]],
    ["table.init of segment 1", withCode([0x00, 0xfc, 12, 1, 0]), ["bulk-memory"]],
    ["table.init in table 1", withCode([0x00, 0xfc, 12, 0, 1]), ["bulk-memory", "reference-types"]],
    ["call_indirect of type 1", withCode([0x00, 0x11, 1, 0]), []],
    ["a null of a type", withCode([0xd0, 0, 0x1a]), ["reference-types", "typed-function-references"]],
    ["a null exception", withCode([0xd0, 0x69, 0x1a]), ["reference-types", "exceptions"]],
    [
      "both forms of exception handling",
      withCode([0x06, 0x40, 0x19, 0x0b, 0x1f, 0x40, 0, 0x0b]),
      ["legacy-exceptions", "exceptions"],
    ],
    [
      "a reference in the long form",
      withTypes(1, 0x60, 1, 0x63, 0x70, 0),
      ["reference-types", "typed-function-references"],
    ],
    ["64-bit threads", assemble(section(id.memory, 1, 7, 1, 1)), ["memory64", "threads"]],
  ])("%s", (_, module, features) => {
    expect(featuresOf(module)).toEqual(features);
  });
});
