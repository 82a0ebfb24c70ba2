import { wat } from "@guardhost/wat";
import type { Contender } from "./contender.js";
import { importPeer, versionOfPeer } from "./installed.js";

interface Extism {
  default(module: WebAssembly.Module, options: { runInWorker: boolean }): Promise<Plugin>;
}

interface Plugin {
  call(name: string, input: Uint8Array): Promise<{ bytes(): Uint8Array } | null>;
  reset(): Promise<unknown>;
  close(): Promise<void>;
}

/** Both releases of Extism that are current, in the foreground and in a worker. */
export async function extismContenders(): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const name of ["@extism/extism", "extism-next"]) {
    const extism = await importPeer<Extism>(name);
    for (const runInWorker of [false, true]) contenders.push(contender(name, extism, runInWorker));
  }
  return contenders;
}

function contender(name: string, { default: createPlugin }: Extism, runInWorker: boolean): Contender {
  return {
    name: `Extism ${versionOfPeer(name)}, ${runInWorker ? "worker" : "foreground"}`,
    module: () => wat(WAT),
    async load(bytes) {
      const module = await WebAssembly.compile(bytes);
      return {
        async open() {
          const plugin = await createPlugin(module, { runInWorker });
          return {
            async echo(payload) {
              const output = await plugin.call("echo", payload);
              if (output === null) throw new Error("Extism gave no output");
              return output.bytes();
            },
            // Without it the plugin keeps the blocks of every call, and fails at the 16,384th.
            afterCall: () => plugin.reset(),
            close: () => plugin.close(),
          };
        },
        close: async () => undefined,
      };
    },
  };
}

/** Moves bytes as the kits for Extism's guests do: eight at a time, by calls of the host. */
const WAT = `(module
  (import "extism:host/env" "input_length" (func $length (result i64)))
  (import "extism:host/env" "input_load_u64" (func $load64 (param i64) (result i64)))
  (import "extism:host/env" "input_load_u8" (func $load8 (param i64) (result i32)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store64 (param i64 i64)))
  (import "extism:host/env" "store_u8" (func $store8 (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 1)
  (func (export "echo") (result i32)
    (local $length i64) (local $at i64) (local $out i64)
    (local.set $length (call $length))
    (local.set $out (call $alloc (local.get $length)))
    (block $words (loop $next
      (br_if $words (i64.gt_u (i64.add (local.get $at) (i64.const 8)) (local.get $length)))
      (call $store64 (i64.add (local.get $out) (local.get $at)) (call $load64 (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 8)))
      (br $next)))
    (block $end (loop $next
      (br_if $end (i64.ge_u (local.get $at) (local.get $length)))
      (call $store8 (i64.add (local.get $out) (local.get $at)) (call $load8 (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br $next)))
    (call $output (local.get $out) (local.get $length))
    (i32.const 0)))`;
