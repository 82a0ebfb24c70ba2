const AGENT = '{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}';
const RESOURCE = '{"resource":{"secrecy":["LABEL"],"integrity":[]},"operation":"read"}';
const quoted = (text: string) => JSON.stringify(text).replaceAll('\\"', "\\22");

/** Where the five letters of its secrecy tag are in what the guard answers. */
const LABEL_AT = 2048 + RESOURCE.indexOf("LABEL");

/**
 * A guard that accepts every policy. Its `label_resource` runs `body`, which may use `$i` and `$error`, and answers with the
 * secrecy tag `00000`, plus `$error` in the last two digits.
 */
export function guardWith(body: string, declarations = ""): Uint8Array<ArrayBuffer> {
  const isImport = (text: string) => text.startsWith("(import");
  const [imports, others] = [
    [declarations].filter(isImport),
    [declarations].filter((text) => !isImport(text)),
  ];
  return wat(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
    ${imports.join(" ")}
    (memory (export "memory") 200)
    (data (i32.const 1024) ${quoted(AGENT)})
    (data (i32.const 2048) ${quoted(RESOURCE)})
    (data (i32.const 3072) "/dev/stdin")
    ${others.join(" ")}
    (func $iovec (param $at i32) (param $bytes i32) (result i32)
      (i32.store (i32.const 4096) (local.get $at))
      (i32.store (i32.const 4100) (local.get $bytes))
      (i32.const 4096))
    (func (export "alloc") (param $bytes i32) (result i32)
      (if (result i32) (i32.lt_u (local.get $bytes) (i32.const 65536))
        (then (i32.const 131072)) (else (i32.const 262144))))
    (func (export "dealloc") (param i32 i32))
    (func (export "label_agent") (param i32 i32 i32 i32) (result i32)
      (memory.copy (local.get 2) (i32.const 1024) (i32.const ${AGENT.length}))
      (i32.const ${AGENT.length}))
    (func (export "label_resource") (param $input i32) (param $bytes i32) (param i32 i32) (result i32)
      (local $i i32) (local $error i32)
      ${body}
      (i32.store8 (i32.const ${LABEL_AT}) (i32.const 48)) (i32.store8 (i32.const ${LABEL_AT + 1}) (i32.const 48))
      (i32.store8 (i32.const ${LABEL_AT + 2}) (i32.const 48))
      (i32.store8 (i32.const ${LABEL_AT + 3}) (i32.add (i32.const 48) (i32.div_u (local.get $error) (i32.const 10))))
      (i32.store8 (i32.const ${LABEL_AT + 4}) (i32.add (i32.const 48) (i32.rem_u (local.get $error) (i32.const 10))))
      (memory.copy (local.get 2) (i32.const 2048) (i32.const ${RESOURCE.length}))
      (i32.const ${RESOURCE.length}))
    (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const -7)))`);
}

import { wat } from "@guardhost/wat";

/** Asks its backend once in `label_resource`. */
export const asking = guardWith(
  "(drop (call $call_backend (i32.const 1024) (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const 1024)))",
  '(import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))',
);
