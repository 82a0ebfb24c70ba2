import { ByteWriter } from "../byte-writer.js";
import type { FunctionBodies } from "../code-section.js";
import { BodyWriter } from "./body-writer.js";
import type { ModuleContext } from "./module-context.js";
import { MAX_LEAF_CHARGE } from "./weights.js";

/** That of a function that nobody has looked at. */
const UNKNOWN = -1;

/**
 * The functions that have no check of their own, because whoever calls them pays for them: those that call nothing, cost little
 * with their locals, and that nothing but a call can reach. One that is called before it is written is written then.
 */
export class LeafFunctions {
  readonly #module: ModuleContext;
  readonly #bodies: FunctionBodies;
  /** Not the one of the callers, which may be in the middle of one. */
  readonly #writer: BodyWriter;
  readonly #charges: Int16Array;
  /** By index, where functions that call nothing are in {@link #bytes}. */
  readonly #written = new Map<number, { readonly start: number; readonly end: number }>();
  readonly #bytes = new ByteWriter();

  /** `bodies` are those of the functions that the module defines, in order. */
  constructor(module: ModuleContext, bodies: FunctionBodies, functionWeight: number) {
    this.#module = module;
    this.#bodies = bodies;
    this.#writer = new BodyWriter(module, functionWeight);
    this.#charges = new Int16Array(module.contents.functions.length).fill(UNKNOWN);
  }

  /** What a function charges its callers. 0 if it is none of these. */
  chargeOf(index: number): number {
    const charge = this.#charges[index] as number;
    return charge === UNKNOWN ? this.#lookAt(index) : charge;
  }

  /** Copies the body of a function, if it was written when it was asked for. */
  copyTo(out: ByteWriter, index: number): boolean {
    const span = this.#written.get(index);
    if (span === undefined) return false;
    out.copy(this.#bytes.view(), span.start, span.end);
    return true;
  }

  /** Whether the function that was written last by `writer` is one of these. */
  isLeaf(index: number, writer: BodyWriter): boolean {
    const isLeaf =
      writer.callsNothing && writer.charge <= MAX_LEAF_CHARGE && !this.#module.referenced.has(index);
    this.#charges[index] = isLeaf ? writer.charge : 0;
    return isLeaf;
  }

  #lookAt(index: number): number {
    this.#charges[index] = 0;
    if (this.#module.referenced.has(index)) return 0;
    const body = this.#bodies.read(index);
    const writer = this.#writer;
    if (body === undefined || !writer.write(index, body)) return 0;
    const start = this.#bytes.length;
    writer.copyTo(this.#bytes, this.isLeaf(index, writer));
    this.#written.set(index, { start, end: this.#bytes.length });
    return this.#charges[index] as number;
  }
}
