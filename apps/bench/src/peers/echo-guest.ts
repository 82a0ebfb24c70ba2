import { wat } from "@guardhost/wat";

/** A guard whose label functions answer with what they are given. */
export function echoGuest(): Uint8Array<ArrayBuffer> {
  return wat(WAT);
}

const ECHO = `(param $in i32) (param $inLen i32) (param $out i32) (param $outCap i32) (result i32)
    (if (i32.gt_u (local.get $inLen) (local.get $outCap)) (then
      (i32.store (local.get $out) (local.get $inLen))
      (return (i32.const -2))))
    (memory.copy (local.get $out) (local.get $in) (local.get $inLen))
    (local.get $inLen)`;

/** Hands out one piece after the other, and all of the memory again once everything is given back. */
const WAT = `(module
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 16))
  (global $taken (mut i32) (i32.const 0))
  (func (export "alloc") (param $bytes i32) (result i32)
    (local $pointer i32) (local $missing i32)
    (local.set $pointer (global.get $free))
    (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get $bytes)) (i32.const 15)) (i32.const -16)))
    (global.set $taken (i32.add (global.get $taken) (i32.const 1)))
    (local.set $missing (i32.sub
      (i32.shr_u (i32.add (global.get $free) (i32.const 65535)) (i32.const 16)) (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0)) (then (drop (memory.grow (local.get $missing)))))
    (local.get $pointer))
  (func (export "dealloc") (param i32 i32)
    (global.set $taken (i32.sub (global.get $taken) (i32.const 1)))
    (if (i32.eqz (global.get $taken)) (then (global.set $free (i32.const 16)))))
  (func (export "label_agent") ${ECHO})
  (func (export "label_resource") ${ECHO})
  (func (export "label_response") ${ECHO}))`;
