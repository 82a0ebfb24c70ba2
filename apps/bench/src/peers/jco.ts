import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { wat } from "@guardhost/wat";
import type { Contender } from "./contender.js";
import { importPeer, versionOfPeer } from "./installed.js";

interface Jco {
  componentEmbed(options: {
    binary: Uint8Array;
    witSource: string;
    stringEncoding: "utf8";
  }): Promise<Uint8Array>;
  componentNew(module: Uint8Array, adapters: readonly never[]): Promise<Uint8Array>;
  transpile(
    component: Uint8Array,
    options: { name: string; instantiation: "async" },
  ): Promise<{ files: Record<string, Uint8Array> }>;
}

interface TranspiledComponent {
  instantiate(
    getCoreModule: (path: string) => Promise<WebAssembly.Module>,
    imports: object,
  ): Promise<{ echo(payload: Uint8Array): Uint8Array }>;
}

/** A component that jco has made JavaScript of. */
export async function jcoContender(): Promise<Contender> {
  const jco = await importPeer<Jco>("@bytecodealliance/jco");
  return {
    name: `jco ${versionOfPeer("@bytecodealliance/jco")}`,
    isBuiltAhead: true,
    module: () => wat(WAT),
    async load(binary) {
      const embedded = await jco.componentEmbed({ binary, witSource: WIT, stringEncoding: "utf8" });
      const { files } = await jco.transpile(await jco.componentNew(embedded, []), {
        name: "echo",
        instantiation: "async",
      });
      const folder = await mkdtemp(join(tmpdir(), "guardhost-bench-jco-"));
      const modules = new Map<string, WebAssembly.Module>();
      for (const [path, bytes] of Object.entries(files)) {
        if (path.endsWith(".wasm")) modules.set(path, await WebAssembly.compile(new Uint8Array(bytes)));
      }
      const script = join(folder, "echo.mjs");
      await writeFile(script, files["echo.js"] as Uint8Array);
      const { instantiate }: TranspiledComponent = await import(pathToFileURL(script).href);
      await rm(folder, { recursive: true });
      return {
        async open() {
          const component = await instantiate(async (path) => modules.get(path) as WebAssembly.Module, {});
          return { echo: (payload) => component.echo(payload), close: async () => undefined };
        },
        close: async () => undefined,
      };
    },
  };
}

const WIT = "package bench:peers; world echo { export echo: func(payload: list<u8>) -> list<u8>; }";

/** Its allocator starts anew after each call, as the canonical ABI lets it. */
const WAT = `(module
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 64))
  (func $take (param $bytes i32) (result i32)
    (local $pointer i32) (local $missing i32)
    (local.set $pointer (global.get $free))
    (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get $bytes)) (i32.const 15)) (i32.const -16)))
    (local.set $missing (i32.sub
      (i32.shr_u (i32.add (global.get $free) (i32.const 65535)) (i32.const 16)) (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0)) (then (drop (memory.grow (local.get $missing)))))
    (local.get $pointer))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $take (local.get 3)))
  (func (export "echo") (param $in i32) (param $bytes i32) (result i32)
    (local $out i32)
    (local.set $out (call $take (local.get $bytes)))
    (memory.copy (local.get $out) (local.get $in) (local.get $bytes))
    (i32.store (i32.const 16) (local.get $out))
    (i32.store (i32.const 20) (local.get $bytes))
    (i32.const 16))
  (func (export "cabi_post_echo") (param i32) (global.set $free (i32.const 64))))`;
