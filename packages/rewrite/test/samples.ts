import { assemble, id, leb, name, section, wat } from "./assemble.js";

/** Modules as tool chains write them, which every engine of today takes. */
export const portableSamples: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  guard: wat(`(module
    (import "env" "call_backend" (func $backend (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "env" "host_log" (func $log (param i32 i32 i32)))
    (type $binary (func (param i32 i32) (result i32)))
    (memory (export "memory") 2 10)
    (table $ops 4 8 funcref)
    (global $top (mut i32) (i32.const 1024))
    (global $version (export "version") i64 (i64.const -81985529216486896))
    (elem (i32.const 1) $add $max)
    (data (i32.const 16) "{\\"agent\\":{}}\\00\\ff")
    (start $init)
    (func $init (global.set $top (i32.add (global.get $top) (i32.const 65536))))
    (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
    (func $max (type $binary)
      (if (result i32) (i32.gt_s (local.get 0) (local.get 1)) (then (local.get 0)) (else (local.get 1))))
    (func (export "alloc") (param $size i32) (result i32) (local $at i32)
      (local.set $at (global.get $top))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (drop (memory.grow (i32.const 1))))
      (local.get $at))
    (func (export "dealloc") (param i32 i32))
    (func (export "label_agent") (param i32 i32 i32 i32) (result i32) (local $i i32) (local f32 f64)
      (loop $next
        (i32.store8 offset=4 (i32.add (local.get 2) (local.get $i)) (i32.load8_u (local.get $i)))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 13))))
      (block $c (block $b (block $a (br_table $a $b $c (local.get 1))) (call $log (i32.const 1) (i32.const 16) (i32.const 4)))
        (drop (call $backend (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
      (local.set 5 (f32.const 0x1.8p3)) (local.set 6 (f64.const -0x1.8p300))
      (drop (i64.trunc_f64_s (f64.promote_f32 (local.get 5))))
      (call_indirect (type $binary) (local.get $i) (i32.const -2147483648) (i32.const 1))))`),
  references: wat(`(module
    (import "host" "object" (global $object (mut externref)))
    (import "host" "table" (table $imported 1 20 externref))
    (table $functions (export "functions") 2 funcref)
    (table $objects (export "objects") 3 9 externref)
    (memory (export "memory") 1)
    (elem $passive func $f $g)
    (elem declare func $h)
    (elem (table $functions) (i32.const 0) func $g)
    (elem $nulls externref (ref.null extern) (ref.null extern))
    (data $greeting "hello")
    (func $f) (func $g) (func $h)
    (func (export "bulk") (param i32)
      (memory.init $greeting (local.get 0) (i32.const 0) (i32.const 5)) (data.drop $greeting)
      (memory.copy (local.get 0) (i32.const 0) (i32.const 5))
      (memory.fill (local.get 0) (i32.const 0) (i32.const 5))
      (table.init $functions $passive (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $passive)
      (table.copy $objects $imported (i32.const 0) (i32.const 0) (i32.const 1))
      (table.fill $objects (i32.const 0) (ref.null extern) (i32.const 1))
      (drop (table.grow $objects (global.get $object) (i32.const 1)))
      (table.set $functions (table.size $functions) (ref.func $h)))
    (func (export "pick") (param externref funcref i32) (result externref)
      (drop (ref.is_null (table.get $functions (i32.const 0))))
      (select (result externref) (local.get 0) (table.get $objects (i32.const 1)) (local.get 2)))
    (func (export "call") (call_indirect $functions (i32.const 1))))`),
  vectors: wat(`(module
    (memory 1)
    (global v128 (v128.const i32x4 1 2 3 4))
    (func (export "mix") (param v128 i32) (result v128) (local v128)
      (local.set 2 (v128.load offset=300 align=1 (local.get 1)))
      (local.set 2 (v128.load16_lane offset=7 3 (local.get 1) (local.get 2)))
      (v128.store64_lane 1 (local.get 1) (local.get 2))
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 31
        (i16x8.replace_lane 7 (local.get 0) (i32x4.extract_lane 2 (local.get 2)))
        (f64x2.convert_low_i32x4_u (i32x4.dot_i16x8_s (local.get 0) (v128.load32_zero (local.get 1)))))))`),
  control: wat(`(module
    (type $pair (func (param i32 i32) (result i32 i32)))
    (table 2 funcref)
    (func $swap (type $pair) (local.get 1) (local.get 0))
    (func (export "swap") (type $pair) (local.get 0) (local.get 1) (return_call $swap))
    (func (export "indirect") (type $pair) (return_call_indirect (type $pair) (local.get 0) (local.get 1) (i32.const 1)))
    (func (export "blocks") (param i32) (result i32 i64)
      (i32.const 1) (i64.const 2)
      (loop (param i32 i64) (result i32 i64)
        (block (param i32 i64) (result i32 i64) (br_if 1 (local.get 0)))))
    (func (export "convert") (param f32 f64) (result i64)
      (drop (i32.trunc_sat_f32_u (local.get 0))) (drop (i32.extend16_s (i32.const 40000)))
      (i64.extend32_s (i64.trunc_sat_f64_s (local.get 1)))))`),
  exceptions: wat(`(module
    (import "host" "stop" (tag $stop (param i32)))
    (tag $own (export "own") (param i64 f32))
    (func $fail (throw $own (i64.const 1) (f32.const 2)))
    (func (export "run") (result i32)
      (try $outer (result i32)
        (do (try (do (call $fail)) (delegate $outer)) (i32.const 0))
        (catch $stop)
        (catch $own (drop) (i32.wrap_i64))
        (catch_all (rethrow $outer)))))`),
  threads: wat(`(module
    (memory (export "memory") 1 4 shared)
    (func (export "lock") (param i32) (result i32)
      (drop (i64.atomic.rmw32.cmpxchg_u offset=64 (local.get 0) (i64.const 0) (i64.const 1)))
      (atomic.fence)
      (drop (memory.atomic.notify (local.get 0) (i32.const 1)))
      (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1))))`),
  names: assemble(
    section(id.custom, ...name("première"), 1, 2, 3),
    section(id.type, 2, 0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7e),
    section(id.import, 2, ...name("日本"), ...name("🙂"), 0, 1, ...name(""), ...name(""), 3, 0x7c, 0),
    section(id.function, 1, 0),
    section(id.export, 2, ...name("été\0"), 0, 0, ...name("🙂🙂"), 0, 1),
    section(id.code, 1, 2, 0, 0x0b),
    section(id.custom, ...name("name")),
    section(id.custom, ...name("première")),
  ),
};

/** Modules of proposals that only some engines take. */
export const modernSamples: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  wide: wat(`(module (memory i64 1 8) (memory $two i64 2)
    (func (export "load") (param i64) (result i32) (i32.load $two offset=0x100000000 (local.get 0)))
    (func (memory.copy 0 1 (i64.const 0) (i64.const 0) (i64.const 0))))`),
  relaxed: wat(`(module (global i32 (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))
    (func (param v128 v128 v128) (result v128)
      (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))`),
  handlers: wat(`(module (tag $t (param i32))
    (func (export "run") (result i32) (block $h (result i32)
      (block $all (result exnref)
        (try_table (result i32) (catch $t $h) (catch_all_ref $all) (throw $t (i32.const 1))) (return))
      (throw_ref))))`),
  collected: assemble(
    section(
      id.type,
      ...[4, 0x4e, 2, 0x50, 0, 0x5f, 2, 0x7f, 1, 0x63, 1, 0], // (rec (sub (struct (mut i32) (ref null 1)))
      ...[0x4f, 0, 0x5e, 0x78, 1, 0x60, 0, 0], // (sub final (array (mut i8)))), (func)
      ...[0x60, 1, 0x6e, 1, 0x64, 2, 0x5e, 0x6c, 0], // (func (param anyref) (result (ref 2))), (array i31ref)
    ),
    section(id.function, 1, 2),
    section(id.table, 1, 0x40, 0, 0x63, 2, 0, 1, 0xd0, 2, 0x0b),
    code([0x41, 7, 0xfb, 7, 1, 0xfb, 15, 0x1a, 0xd0, 2, 0x14, 2, 0xfb, 1, 0, 0xfb, 3, 0, 1, 0x1a]),
  ),
};

function code(instructions: readonly number[]): number[] {
  const body = [0, ...instructions, 0x0b];
  return section(id.code, 1, ...leb(body.length), ...body);
}
