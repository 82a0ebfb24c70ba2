import type { GuardEngine } from "@guardhost/core";
import { createEngine } from "@guardhost/engine";
import { spawnWorker } from "#spawn-worker";
import { createWasi } from "./create-wasi.js";
import { setupOf, WASI_OPTIONS, type WasiOptions } from "./wasi-options.js";

/**
 * The runtime's own WebAssembly, for guards that need arguments, an environment or files: the shim `@wasmer/wasi` has them.
 * In everything else a guard finds what `native()` of `@guardhost/native` gives it.
 *
 * Throws a TypeError for options that do not exist or are of another kind, and a RangeError for what else makes no sense. Loading
 * a guard rejects with a GuardError `ENGINE_UNAVAILABLE` where `thread: "worker"` is impossible, and so does opening an instance where the shim
 * cannot be loaded.
 */
export function wasi(options: WasiOptions = {}): GuardEngine {
  return createEngine({
    name: "wasi",
    options,
    ownOptions: WASI_OPTIONS,
    createWasi,
    createSetup: setupOf,
    spawnWorker,
  });
}
