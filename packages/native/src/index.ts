/**
 * Guards on the runtime's own WebAssembly. Re-exports `@guardhost/core`: one install, one import.
 *
 * @module
 */

export * from "@guardhost/core";
export {
  type ClockMode,
  type EngineThread as NativeThread,
  type PrepareGuardOptions,
  prepareGuard,
  type RandomMode,
} from "@guardhost/engine";
export { type NativeOptions, native } from "./native.js";
