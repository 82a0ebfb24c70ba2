/**
 * What engines on the runtime's own WebAssembly share, for authors of engines. The worker's side is `./worker`.
 *
 * @module
 */

export { assertValid } from "./assert-valid.js";
export { createEngine, type EngineParts } from "./create-engine.js";
export type { EngineOptions, EngineThread } from "./engine-options.js";
export { type CreateWasi, type InstanceWasi, type SealedSetup, sealedWasiOf } from "./instance-wasi.js";
export { type PrepareGuardOptions, prepareGuard } from "./prepare-guard.js";
export { readable } from "./readable.js";
export { trap } from "./trap.js";
export type { ClockMode } from "./wasi/clocks.js";
export { iovecBuffers } from "./wasi/iovecs.js";
export { LineWriter } from "./wasi/line-writer.js";
export type { RandomMode } from "./wasi/random.js";
export {
  BYTE_UNITS,
  createSealedWasi,
  ELEMENT_UNITS,
  type SealedWasi,
  type SealedWasiOptions,
  type WasiImport,
  wasiImport,
} from "./wasi/sealed-wasi.js";
