import type { RandomSource } from "./random-source.js";

/** A statement that computes something. */
export function computeStatement(source: RandomSource): string {
  return source.pick([
    `(local.set $x (i32.add (local.get $x) (i32.const ${source.random(100)})))`,
    "(local.set $y (i32.xor (local.get $y) (local.get $x)))",
    "(local.set $z (i64.add (local.get $z) (i64.extend_i32_s (local.get $x))))",
    "(i32.store8 (i32.and (local.get $x) (i32.const 0xffff)) (local.get $y))",
    "(local.set $y (i32.load8_u (i32.and (local.get $y) (i32.const 0xffff))))",
    "(local.set $x (select (local.get $x) (local.get $y) (i32.const 1)))",
  ]);
}

/** A statement that does as much as its operand says. */
export function bulkStatement(source: RandomSource): string {
  const { random } = source;
  const three = `(i32.const ${random(65_000)}) (i32.const ${random(65_000)}) (i32.const ${random(400)})`;
  return source.pick([
    `(memory.fill ${three})`,
    `(memory.copy ${three})`,
    `(memory.init $passive (i32.const ${random(65_000)}) (i32.const ${random(9)}) (i32.const ${random(9)}))`,
    `(drop (memory.grow (i32.const ${random(2)})))`,
    `(drop (table.grow $t (ref.null func) (i32.const ${random(2)})))`,
    `(table.fill $t (i32.const 10) (ref.func $f0) (i32.const ${random(3)}))`,
    "(table.copy $t $t (i32.const 10) (i32.const 1) (i32.const 3))",
    `(table.init $t $passive (i32.const 10) (i32.const ${random(3)}) (i32.const ${random(4)}))`,
  ]);
}

/** For where nobody comes, and where the stack holds whatever the code wants. */
export function deadCode(source: RandomSource): string {
  return source.pick([
    "",
    "(loop (br 0))",
    "i32.add drop",
    "memory.fill",
    "call $log",
    "(loop (param i32) (result i32) (br_if 0 (i32.const 1))) drop",
    "(block (result i32) (unreachable) (br 0)) drop",
    "(if (then (unreachable)) (else (br 0)))",
    "table.grow $t drop (drop (memory.grow))",
    "call $f0 unreachable",
  ]);
}
