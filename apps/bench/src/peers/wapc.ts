import { wat } from "@guardhost/wat";
import type { Contender } from "./contender.js";
import { importPeer, versionOfPeer } from "./installed.js";

interface WaPC {
  readonly default: {
    instantiate(
      source: Uint8Array,
    ): Promise<{ invoke(operation: string, payload: Uint8Array): Promise<Uint8Array> }>;
  };
}

/** waPC with a guest that does no more than it must. */
export async function wapcContender(): Promise<Contender> {
  const { default: wapc } = await importPeer<WaPC>("@wapc/host");
  return {
    name: `waPC ${versionOfPeer("@wapc/host")}`,
    module: () => wat(WAT),
    async load(module) {
      return {
        async open() {
          const host = await wapc.instantiate(module);
          return {
            echo: (payload) => host.invoke("echo", payload),
            close: async () => undefined,
          };
        },
        close: async () => undefined,
      };
    },
  };
}

/** Grows with what it gets: the request at 64 KiB, its copy behind it. */
const WAT = `(module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $response (param i32 i32)))
  (memory (export "memory") 2)
  (func (export "__guest_call") (param $operationBytes i32) (param $bytes i32) (result i32)
    (local $copy i32) (local $missing i32)
    (local.set $copy (i32.and (i32.add (local.get $bytes) (i32.const 65551)) (i32.const -16)))
    (local.set $missing (i32.sub
      (i32.shr_u (i32.add (i32.add (local.get $copy) (local.get $bytes)) (i32.const 65535)) (i32.const 16)) (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0)) (then (drop (memory.grow (local.get $missing)))))
    (call $request (i32.const 0) (i32.const 65536))
    (memory.copy (local.get $copy) (i32.const 65536) (local.get $bytes))
    (call $response (local.get $copy) (local.get $bytes))
    (i32.const 1)))`;
