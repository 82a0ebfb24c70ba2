import { wat } from "@guardhost/wat";

/** A guard that asks its backend about a resource, and never answers. It has room for the input, and for an output behind it. */
export const endlessGuard: Uint8Array = wat(`(module
  (import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 100)
  (func (export "alloc") (param $bytes i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $bytes) (i32.const 65536))
      (then (i32.const 65536)) (else (i32.const 131072))))
  (func (export "dealloc") (param i32 i32))
  (func (export "label_agent") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "label_resource") (param i32 i32 i32 i32) (result i32)
    (drop (call $call_backend (i32.const 1024) (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const 1024)))
    (loop $forever (br $forever)) (unreachable))
  (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const 0)))`);
