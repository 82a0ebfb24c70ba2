/**
 * WebAssembly bytes in, facts or bytes out. Pure functions: no module that is given is compiled or run. What reads and writes
 * function bodies is WebAssembly itself, compiled when it is first needed.
 *
 * @module
 */

export { capLimits, type SizeCaps } from "./cap-limits.js";
export { describe } from "./describe.js";
export { linkCommand } from "./link/link-command.js";
export {
  CHECK_IMPORT,
  COUNTDOWN_EXPORT,
  INTERRUPT_MODULE,
  ORIGINAL_SECTION,
  PAUSE_IMPORT,
  PREPARED_SECTION,
  START_FUNCTION_EXPORT,
} from "./prepare/interrupt-abi.js";
export { isPrepared, type Marker, REWRITER_VERSION, readMarker } from "./prepare/marker.js";
export {
  type PrepareAndDescribeOptions,
  type PreparedModule,
  type PrepareOptions,
  prepare,
  prepareAndDescribe,
} from "./prepare/prepare.js";
export { type RestoredModule, type RestoreOptions, restore } from "./prepare/restore.js";
export { WasmFormatError } from "./wasm-format-error.js";
export { WasmLimitError } from "./wasm-limit-error.js";
export { WasmUnavailableError } from "./wasm-unavailable-error.js";
