import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { prepare, REWRITER_VERSION } from "../src/index.js";
import { wat } from "./assemble.js";
import { portableSamples } from "./samples.js";

/** Something of each kind that is charged for. */
const charged = wat(`(module
  (memory (export "memory") 1)
  (table $functions 4 8 funcref)
  (table $objects 1 externref)
  (data $bytes "bytes")
  (elem $elements func $leaf $loop)
  (tag $thrown (param i32))
  (global $turns (mut i32) (i32.const 0))
  (func $leaf (global.set $turns (i32.add (global.get $turns) (i32.const 1))))
  (func $loop (param i32)
    (loop $again (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $loop_with_calls (param i32)
    (loop $again (call $leaf) (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $table (param i32)
    (loop $again
      (block $two (block $one (br_table $one $two (local.get 0)))
        (local.set 0 (i32.const 1)) (br $again))
      (local.set 0 (i32.const 0)) (br $again)))
  (func $loop_with_rare_calls (param i32)
    (loop $again
      (br_if $again (i32.and (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 7)))
      (call $leaf)
      (br_if $again (local.get 0))))
  (func $straight ${"(global.set $turns (i32.add (global.get $turns) (i32.const 1)))".repeat(1_000)})
  (func $bulk (param i32)
    (memory.fill (i32.const 0) (i32.const 0) (local.get 0))
    (memory.copy (i32.const 0) (i32.const 8) (local.get 0))
    (memory.init $bytes (i32.const 0) (i32.const 0) (local.get 0))
    (data.drop $bytes)
    (drop (memory.grow (local.get 0)))
    (table.init $functions $elements (i32.const 0) (i32.const 0) (local.get 0))
    (elem.drop $elements)
    (table.copy $functions $functions (i32.const 0) (i32.const 1) (local.get 0))
    (table.fill $functions (i32.const 0) (ref.null func) (local.get 0))
    (table.set $functions (i32.const 0) (ref.func $leaf))
    (drop (table.grow $objects (ref.null extern) (local.get 0))))
  (func $catch
    (try
      (do (throw $thrown (i32.const 1)))
      (catch $thrown (drop))
      (catch_all (rethrow 0))))
  (func (export "run") (param i32)
    (call $straight) (call $loop (local.get 0)) (call $loop_with_calls (local.get 0)) (call $bulk (local.get 0)) (call $catch)
    (call_indirect $functions (i32.const 0))))`);

const modules = [
  charged,
  ...["guard", "vectors", "control", "exceptions"].map((name) => portableSamples[name]),
];

function hash(all: readonly (Uint8Array | undefined)[]): string {
  const sha256 = createHash("sha256");
  for (const bytes of all) sha256.update(bytes as Uint8Array);
  return sha256.digest("hex");
}

test("what prepare makes of a module is the same for as long as its version is", () => {
  const caps = { maxMemoryPages: 512, maxTableElements: 100_000 };
  const found = {
    version: REWRITER_VERSION,
    modules: hash(modules),
    prepared: hash(modules.map((module) => prepare(module as Uint8Array, caps))),
  };
  // Modules that were prepared before are verified by preparing them again. When only `prepared` differs, they would be refused
  // as forged: raise REWRITER_VERSION (src/prepare/marker.ts), so that they are refused with advice, and pin what was found.
  // When `modules` differs, the assembler or these modules have changed: pin what was found.
  expect(found).toEqual({
    version: 5,
    modules: "f60a0fc6d9ddaf1d72ddf9743573cc5bcf4081bf6dcf9766c2032ee5175ca5e2",
    prepared: "d8e9e7e6b1aa02b750ae1758e1eac84a3c84f4d41fb5868747dffe0bf2532d3f",
  });
});
