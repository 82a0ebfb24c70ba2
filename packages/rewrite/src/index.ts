/**
 * WebAssembly bytes in, facts or bytes out. Pure functions: nothing here compiles or runs a module.
 *
 * @module
 */

export { capLimits, type SizeCaps } from "./cap-limits.js";
export { describe } from "./describe.js";
export { WasmFormatError } from "./wasm-format-error.js";
export { WasmLimitError } from "./wasm-limit-error.js";
