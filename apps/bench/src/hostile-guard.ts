import { wat } from "@guardhost/wat";

/** What an input makes the guard do, by a character in the name of the tool. Without one it answers at once. */
export const SPINS = "!";
export const ASKS_BACKEND = "@";

/**
 * A guard whose label functions look for {@link SPINS} and {@link ASKS_BACKEND} in their input: it computes for ever, or
 * asks its backend once. What it answers is always the same.
 */
export function hostileGuard(): Uint8Array<ArrayBuffer> {
  return wat(WAT);
}

const AGENT = '{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}';
const RESOURCE = '{"resource":{"description":"","secrecy":[],"integrity":[]},"operation":"read"}';

const labelFunction = (name: string, answer: string, at: number) => `
  (data (i32.const ${at}) ${JSON.stringify(answer).replaceAll('\\"', "\\22")})
  (func (export "${name}") (param $in i32) (param $inLen i32) (param $out i32) (param $outCap i32) (result i32)
    (if (call $contains (local.get $in) (local.get $inLen) (i32.const ${SPINS.charCodeAt(0)}))
      (then (loop $forever (br $forever))))
    (if (call $contains (local.get $in) (local.get $inLen) (i32.const ${ASKS_BACKEND.charCodeAt(0)}))
      (then (drop (call $callBackend (i32.const ${at}) (i32.const 1) (i32.const 0) (i32.const 0) (local.get $out) (i32.const 64)))))
    (memory.copy (local.get $out) (i32.const ${at}) (i32.const ${answer.length}))
    (i32.const ${answer.length}))`;

const WAT = `(module
  (import "env" "call_backend" (func $callBackend (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 8192))
  (func (export "alloc") (param $bytes i32) (result i32)
    (local $pointer i32)
    (local.set $pointer (global.get $free))
    (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get $bytes)) (i32.const 7)) (i32.const -8)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow (i32.sub
        (i32.add (i32.shr_u (global.get $free) (i32.const 16)) (i32.const 1)) (memory.size))))))
    (local.get $pointer))
  (func (export "dealloc") (param i32 i32) (global.set $free (i32.const 8192)))
  (func $contains (param $in i32) (param $length i32) (param $byte i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $in) (local.get $length)))
    (loop $next
      (if (i32.ge_u (local.get $in) (local.get $end)) (then (return (i32.const 0))))
      (if (i32.eq (i32.load8_u (local.get $in)) (local.get $byte)) (then (return (i32.const 1))))
      (local.set $in (i32.add (local.get $in) (i32.const 1)))
      (br $next))
    (unreachable))
  ${labelFunction("label_agent", AGENT, 1024)}
  ${labelFunction("label_resource", RESOURCE, 2048)}
  ${labelFunction("label_response", "null", 3072)})`;
