import { wat } from "@guardhost/wat";

const AGENT = '{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}';

/** A guard that accepts every policy, and whose `label_resource` runs `body`. */
export function guardWith(body: string, fields = ""): Uint8Array<ArrayBuffer> {
  const agent = JSON.stringify(AGENT).replaceAll('\\"', "\\22");
  return wat(`(module
    (import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 2)
    (global $free (mut i32) (i32.const 8192))
    ${fields}
    (data (i32.const 1024) ${agent})
    (func (export "alloc") (param $bytes i32) (result i32)
      (local $pointer i32)
      (local.set $pointer (global.get $free))
      (global.set $free (i32.add (global.get $free) (local.get $bytes)))
      (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.const 65)))))
      (local.get $pointer))
    (func (export "dealloc") (param i32 i32) (global.set $free (i32.const 8192)))
    (func (export "label_agent") (param i32 i32 i32 i32) (result i32)
      (memory.copy (local.get 2) (i32.const 1024) (i32.const ${AGENT.length}))
      (i32.const ${AGENT.length}))
    (func (export "label_resource") (param i32 i32 i32 i32) (result i32) ${body})
    (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const 0)))`);
}

/** A guard whose `label_resource` never returns. */
export const endless: Uint8Array<ArrayBuffer> = guardWith("(loop $forever (br $forever)) (unreachable)");

/** A guard whose `label_resource` asks its backend, and fails afterwards. */
export const asking: Uint8Array<ArrayBuffer> = guardWith(
  "(drop (call $call_backend (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64))) (i32.const -7)",
);
