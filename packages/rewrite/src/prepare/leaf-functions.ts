import type { BinaryReader } from "../binary-reader.js";
import { readLocals } from "../code-section.js";
import { InstructionReader } from "../instructions.js";
import { ONE_BYTE, PlainRun } from "../plain-run.js";
import { BodyWriter } from "./body-writer.js";
import { isCall } from "./instruction-actions.js";
import type { ModuleContext } from "./instrumenter.js";
import { FREE_LOCALS, MAX_LEAF_CHARGE } from "./weights.js";

/** That of a function that nobody has looked at. */
const UNKNOWN = -1;

/**
 * The functions that have no check of their own, because whoever calls them pays for them: those that call nothing, cost little
 * with their locals, and that nothing but a call can reach. Each is looked at, and written, when it is first asked for.
 */
export class LeafFunctions {
  readonly #module: ModuleContext;
  readonly #bodies: readonly BinaryReader[];
  readonly #writer: BodyWriter;
  /** Not the one of the module, which may be in the middle of the caller. */
  readonly #instructions: InstructionReader;
  readonly #run = new PlainRun();
  readonly #charges: Int16Array;
  /** By index, functions that call nothing, until they are taken. */
  readonly #written = new Map<number, Uint8Array>();

  /** `bodies` are those of the functions that the module defines, in order. */
  constructor(module: ModuleContext, bodies: readonly BinaryReader[], functionWeight: number) {
    this.#module = module;
    this.#bodies = bodies;
    this.#instructions = new InstructionReader(module.contents.features);
    this.#writer = new BodyWriter(module, functionWeight, this.#instructions, () => 0);
    this.#charges = new Int16Array(module.contents.functions.length).fill(UNKNOWN);
  }

  /** What a function charges its callers. 0 if it is none of these. */
  chargeOf(index: number): number {
    let charge = this.#charges[index] as number;
    if (charge === UNKNOWN) {
      charge = this.#lookAt(index);
      this.#charges[index] = charge;
    }
    return charge;
  }

  /** The body of a function that was asked for, once, if it was written then. */
  take(index: number): Uint8Array | undefined {
    const body = this.#written.get(index);
    this.#written.delete(index);
    return body;
  }

  #lookAt(index: number): number {
    const { contents, referenced } = this.#module;
    const body = this.#bodies[index - contents.importedFunctions];
    if (body === undefined || referenced.has(index) || this.#calls(body.fork(), index)) return 0;
    const charge = this.#writer.write(index, body.fork());
    const isLeaf = charge <= MAX_LEAF_CHARGE;
    this.#written.set(index, this.#writer.body(isLeaf).slice());
    return isLeaf ? charge : 0;
  }

  /** Whether a function calls others, or has so many locals that it has to pay for them itself. */
  #calls(body: BinaryReader, index: number): boolean {
    const { bytes, contents } = this.#module;
    const parameters = contents.functions[index]?.params.length ?? 0;
    if (parameters + readLocals(body, contents).count > FREE_LOCALS) return true;
    const instructions = this.#instructions;
    const run = this.#run;
    instructions.enter(body);
    do {
      run.pass(bytes, body.offset, body.end, ONE_BYTE, Number.POSITIVE_INFINITY);
      body.offset = run.end;
      if (!instructions.next()) return false;
    } while (!isCall(instructions.opcode));
    return true;
  }
}
