/**
 * Guards with arguments, an environment and files, on the shim `@wasmer/wasi`. Re-exports `@guardhost/core`: one install,
 * one import.
 *
 * @module
 */

export * from "@guardhost/core";
export {
  type ClockMode,
  type EngineThread as WasiThread,
  type PrepareGuardOptions,
  prepareGuard,
  type RandomMode,
} from "@guardhost/engine";
export { wasi } from "./wasi.js";
export type { WasiOptions } from "./wasi-options.js";
