/**
 * Guards on the runtime's own WebAssembly. Re-exports `@guardhost/core`: one install, one import.
 *
 * @module
 */

export * from "@guardhost/core";
export { native } from "./native.js";
export type { NativeOptions, NativeThread } from "./native-options.js";
export { type PrepareGuardOptions, prepareGuard } from "./prepare-guard.js";
export type { ClockMode } from "./wasi/clocks.js";
export type { RandomMode } from "./wasi/random.js";
