import { wat } from "@guardhost/wat";

const AGENT = '{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}';
const RESOURCE = '{"resource":{"secrecy":["LABEL"],"integrity":[]},"operation":"read"}';
const LABEL_AT = 2048 + RESOURCE.indexOf("LABEL");
const quoted = (text: string) => JSON.stringify(text).replaceAll('\\"', "\\22");

/**
 * A guard that accepts every policy, and whose `label_resource` answers with five letters at {@link LABEL_AT}, once `body` has
 * run. `$open` opens a file that is there, with the given flags and rights.
 */
export function guardWith(body: string, initialize = ""): Uint8Array<ArrayBuffer> {
  return wat(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 20)
    (global $free (mut i32) (i32.const 200000))
    (data (i32.const 1024) ${quoted(AGENT)})
    (data (i32.const 2048) ${quoted(RESOURCE)})
    (data (i32.const 3072) "tmp/note")
    (func $open (param $flags i32) (param $rights i64) (result i32)
      (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 3072) (i32.const 8) (local.get $flags)
        (local.get $rights) (local.get $rights) (i32.const 0) (i32.const 4096)))
      (i32.load (i32.const 4096)))
    (func $iovec (param $at i32) (param $bytes i32) (result i32)
      (i32.store (i32.const 4104) (local.get $at))
      (i32.store (i32.const 4108) (local.get $bytes))
      (i32.const 4104))
    (func (export "alloc") (param $bytes i32) (result i32)
      (local $pointer i32)
      (local.set $pointer (global.get $free))
      (global.set $free (i32.add (global.get $free) (local.get $bytes)))
      (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.const 65)))))
      (local.get $pointer))
    (func (export "dealloc") (param i32 i32) (global.set $free (i32.const 200000)))
    (func (export "_initialize") ${initialize})
    (func (export "label_agent") (param i32 i32 i32 i32) (result i32)
      (memory.copy (local.get 2) (i32.const 1024) (i32.const ${AGENT.length}))
      (i32.const ${AGENT.length}))
    (func (export "label_resource") (param $input i32) (param $bytes i32) (param i32 i32) (result i32)
      (local $left i32) (local $file i32) (local $writes i32)
      ${body}
      (memory.copy (local.get 2) (i32.const 2048) (i32.const ${RESOURCE.length}))
      (i32.const ${RESOURCE.length}))
    (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const -7)))`);
}

/** Answers with what the file holds, and writes "other" to it afterwards. */
export const noting: Uint8Array<ArrayBuffer> = guardWith(`
  (drop (call $fd_read (call $open (i32.const 0) (i64.const 2)) (call $iovec (i32.const ${LABEL_AT}) (i32.const 5)) (i32.const 1) (i32.const 4100)))
  (i32.store (i32.const 3100) (i32.const 0x6568746f)) (i32.store8 (i32.const 3104) (i32.const 0x72))
  (drop (call $fd_write (call $open (i32.const 8) (i64.const 66)) (call $iovec (i32.const 3100) (i32.const 5)) (i32.const 1) (i32.const 4100)))`);

/** Prints a mebibyte of lines to its stdout. */
export const printing: Uint8Array<ArrayBuffer> = guardWith(`
  (memory.fill (i32.const 8192) (i32.const 0x78) (i32.const 65536))
  (loop $lines
    (i32.store8 (i32.add (i32.const 8192) (local.get $left)) (i32.const 10))
    (br_if $lines (i32.lt_u (local.tee $left (i32.add (local.get $left) (i32.const 64))) (i32.const 65536))))
  (local.set $left (i32.const 1048576))
  (loop $more
    (drop (call $fd_write (i32.const 1) (call $iovec (i32.const 8192) (i32.const 65536)) (i32.const 1) (i32.const 4100)))
    (br_if $more (i32.gt_s (local.tee $left (i32.sub (local.get $left) (i32.load (i32.const 4100)))) (i32.const 0))))`);

/** Fills file after file with almost 4 MiB, as far as there is room, and cuts each off again. */
export const hoarding: Uint8Array<ArrayBuffer> = guardWith(`
  (loop $files
    (i32.store8 (i32.const 3079) (i32.add (i32.const 48) (local.get $left)))
    (local.set $file (call $open (i32.const 1) (i64.const 66)))
    (local.set $writes (i32.const 60))
    (loop $more
      (drop (call $fd_write (local.get $file) (call $iovec (i32.const 8192) (i32.const 65536)) (i32.const 1) (i32.const 4100)))
      (br_if $more (local.tee $writes (i32.sub (local.get $writes) (i32.const 1)))))
    (drop (call $open (i32.const 8) (i64.const 66)))
    (br_if $files (i32.lt_u (local.tee $left (i32.add (local.get $left) (i32.const 1))) (i32.const 60))))`);

export const exiting: Uint8Array<ArrayBuffer> = guardWith("(call $proc_exit (i32.const 3))");
export const trapping: Uint8Array<ArrayBuffer> = guardWith("(unreachable)");
export const endless: Uint8Array<ArrayBuffer> = guardWith("(loop $forever (br $forever))");
