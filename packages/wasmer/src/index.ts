/**
 * Guards in sandboxed processes of `@wasmer/sdk`. Re-exports `@guardhost/core`: one install, one import.
 *
 * @module
 */

export * from "@guardhost/core";
export { type PrepareGuardOptions, prepareGuard } from "@guardhost/engine";
export { wasmer } from "./wasmer.js";
export type { WasmerOptions } from "./wasmer-options.js";
