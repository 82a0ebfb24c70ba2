import type { FeatureSet } from "../features.js";
import { formatLimits } from "../format-limits.js";
import { throwFailure } from "./failure.js";
import { NONE } from "./failure-kinds.js";
import { Kernel } from "./kernel.js";
import { Exchange, type KernelExports } from "./kernel-exports.js";

/** Bytes of memory that are kept for the next module: what one of some 2 MB takes. Memory never shrinks. */
const KEPT_BYTES = 8 * 2 ** 20;

/** There is one, for one module after the other. */
let kernel: Kernel | undefined;

/** A module, or a part of it. */
export interface Part {
  /** All bytes of the module. */
  readonly bytes: Uint8Array;
  /** What the part is called in errors. */
  readonly where: string;
}

/** What the kernel does with one module. It takes the kernel away from whoever had it before. */
export class KernelSession {
  readonly #features: FeatureSet;
  #bytes: Uint8Array | undefined;

  /** What the module uses is added to `features`. */
  constructor(features: FeatureSet) {
    this.#features = features;
  }

  /** Whether the kernel has these bytes from here. */
  holds(bytes: Uint8Array): boolean {
    return kernel?.holder === this && this.#bytes === bytes;
  }

  /**
   * Works with a module, which the kernel is given unless it has it already. Throws a WasmFormatError when the bytes are not what is
   * asked for, a WasmUnavailableError when there is no memory for them, and what `refuse` throws when features that are refused are used up to an
   * offset.
   */
  run<T>(part: Part, work: (kernel: KernelExports) => T, refuse?: (offset: number) => void): T {
    kernel ??= new Kernel();
    const held = kernel;
    let result: T;
    held.exchange[Exchange.features] = this.#features.mask;
    held.exchange[Exchange.failure] = NONE;
    try {
      if (!this.holds(part.bytes)) this.#give(part.bytes, held);
      result = work(held.exports);
    } catch (trap) {
      this.#noteFeatures(held);
      if (held.exchange[Exchange.failure] === NONE) throw trap;
      throwFailure(held, part, refuse);
    }
    this.#noteFeatures(held);
    return result;
  }

  /** What the kernel has told beside its results, by the names of `Exchange`. */
  get exchange(): Uint32Array {
    return (kernel as Kernel).exchange;
  }

  /** To be called when nothing more is to be done with the module. */
  end(): void {
    if (kernel?.holder !== this) return;
    kernel.holder = undefined;
    this.#bytes = undefined;
    if (kernel.exports.memory.buffer.byteLength > KEPT_BYTES) kernel = undefined;
  }

  #give(bytes: Uint8Array, held: Kernel): void {
    held.holder = undefined;
    const { exports } = held;
    const address = exports.begin(bytes.length, formatLimits.locals) >>> 0;
    new Uint8Array(exports.memory.buffer).set(bytes, address);
    held.holder = this;
    this.#bytes = bytes;
  }

  #noteFeatures({ exchange }: Kernel): void {
    this.#features.mask = exchange[Exchange.features] as number;
  }
}
