import { WasmUnavailableError } from "../wasm-unavailable-error.js";
import { KERNEL, ZERO } from "./kernel-bytes.js";
import { EXCHANGE_WORDS, type KernelExports } from "./kernel-exports.js";

let compiled: WebAssembly.Module | undefined;

/** An instance of the kernel: see assembly/index.ts. */
export class Kernel {
  readonly exports: KernelExports;
  /** Whose module it has. */
  holder: object | undefined;
  #exchange: Uint32Array = new Uint32Array();

  /**
   * Compiles the kernel when it is first needed. Throws a WasmUnavailableError where that is forbidden, or there is no memory for it.
   */
  constructor() {
    try {
      compiled ??= new WebAssembly.Module(kernelBytes());
      this.exports = new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
    } catch (cause) {
      throw new WasmUnavailableError(cause);
    }
  }

  /** What is exchanged with it: words that `Exchange` names. To be asked for anew after each call. */
  get exchange(): Uint32Array {
    // It is detached when memory has grown.
    if (this.#exchange.length === 0) {
      const { memory, exchanged } = this.exports;
      this.#exchange = new Uint32Array(memory.buffer, exchanged(), EXCHANGE_WORDS);
    }
    return this.#exchange;
  }

  /** Text of the kernel's own: in UTF-16, with its length in bytes in front. */
  textAt(address: number): string {
    const { buffer } = this.exports.memory;
    const bytes = new DataView(buffer).getUint32(address - 4, true);
    return String.fromCharCode(...new Uint16Array(buffer, address, bytes / 2));
  }
}

function kernelBytes(): Uint8Array<ArrayBuffer> {
  const characters = KERNEL;
  const { length } = characters;
  const zero = ZERO.charCodeAt(0);
  const bytes = new Uint8Array(length);
  // Nothing is compiled yet: asking an array for its length each time would take longer than all the rest.
  for (let at = 0; at < length; at++) bytes[at] = characters.charCodeAt(at) - zero;
  return bytes;
}
