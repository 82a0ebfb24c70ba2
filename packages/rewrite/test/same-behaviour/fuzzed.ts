import { wat } from "../assemble.js";
import type { WasmOpt } from "../binaryen-tool.js";
import { exposed } from "./exposed.js";
import { RandomSource } from "./random-source.js";

/** By Binaryen's names, what prepare accepts and every Node runs the same way. */
export const portableFeatures: readonly string[] = [
  "sign-ext",
  "mutable-globals",
  "nontrapping-float-to-int",
  "simd",
  "bulk-memory",
  "bulk-memory-opt",
  "reference-types",
  "multivalue",
  "tail-call",
  "extended-const",
];

/** Whether this runtime knows `try_table`. Binaryen's fuzzer needs it for all exception handling. */
const knowsExceptions = WebAssembly.validate(wat("(module (func (block (try_table (catch_all 0)))))"));

/**
 * The module that Binaryen's fuzzer makes for `seed`: valid, without endless loops, and with nothing left to the
 * engine's choice. One of three uses exceptions, where the runtime has them.
 */
export async function fuzzedModule(wasmOpt: WasmOpt, seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const { random } = new RandomSource(seed);
  const bytes = Uint8Array.from({ length: 100 + random(2_500) }, () => random(256));
  const exceptions = knowsExceptions && seed % 3 === 0;
  const features = exceptions ? [...portableFeatures, "exception-handling"] : portableFeatures;
  const module = await wasmOpt.transform(bytes, [
    "--mvp-features",
    ...features.map((feature) => `--enable-${feature}`),
    "--translate-to-fuzz",
    "--denan",
    // Engines take either form of exception handling in a module, the fuzzer mixes them.
    ...(exceptions ? ["--translate-to-exnref"] : []),
  ]);
  return exposed(module);
}
