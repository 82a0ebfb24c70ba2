import type { ModuleContents } from "../module-contents.js";

/** How many functions are imported in addition, behind the imports of the module. */
export const ADDED_IMPORTS = 2;
/** How many functions are added at the end. */
export const ADDED_FUNCTIONS = 3;

/**
 * Where things are in a prepared module. What is added comes last in each index space, so that only the functions that a
 * module defines get new indices: two host functions slide in before them. Complete once the sections up to the globals
 * are read.
 */
export class Additions {
  readonly #contents: ModuleContents;

  /** `contents` is what the module has without the additions. */
  constructor(contents: ModuleContents) {
    this.#contents = contents;
  }

  /** The new index of a function. */
  functionIndex(old: number): number {
    return old < this.#contents.importedFunctions ? old : old + ADDED_IMPORTS;
  }

  /** Of `() -> i32`. */
  get pollType(): number {
    return this.#contents.types.length;
  }

  /** Of `(i32) -> i32`. */
  get buyType(): number {
    return this.pollType + 1;
  }

  /** Of `(i32, i32) -> i32`. */
  get chargeType(): number {
    return this.pollType + 2;
  }

  /** The imported functions `check` and `pause`. */
  get check(): number {
    return this.#contents.importedFunctions;
  }

  get pause(): number {
    return this.check + 1;
  }

  /** Asks the host for a new countdown: `() -> i32`. */
  get ask(): number {
    return this.#contents.functions.length + ADDED_IMPORTS;
  }

  /** Buys that many units for a function's loops, and returns how many: `(i32) -> i32`. */
  get buy(): number {
    return this.ask + 1;
  }

  /** Charges for a length, times a rate, and returns the length: `(i32, i32) -> i32`. */
  get charge(): number {
    return this.ask + 2;
  }

  /** The names of the functions that are added, by index. */
  get functionNames(): ReadonlyMap<number, string> {
    return new Map([
      [this.check, "guardhost.check"],
      [this.pause, "guardhost.pause"],
      [this.ask, "guardhost.ask"],
      [this.buy, "guardhost.buy"],
      [this.charge, "guardhost.charge"],
    ]);
  }

  /** The global with the countdown. */
  get countdown(): number {
    return this.#contents.globals.length;
  }
}
