import type { BinaryReader } from "../binary-reader.js";
import { readLocals } from "../code-section.js";
import type { InstructionReader } from "../instructions.js";
import { ByteWriter } from "./byte-writer.js";
import { CREDIT_LOCALS, setCredit } from "./check-code.js";
import { Instrumenter, type LeafCharge, type ModuleContext } from "./instrumenter.js";
import { refuseFeatures } from "./refusals.js";

/** Writes one function body after the other anew. */
export class BodyWriter {
  readonly #module: ModuleContext;
  readonly #instrumenter: Instrumenter;
  readonly #out = new ByteWriter();
  readonly #declarations = new ByteWriter();

  /** `functionWeight` is what a call costs beside the instructions of the function. */
  constructor(
    module: ModuleContext,
    functionWeight: number,
    instructions: InstructionReader,
    leafCharge: LeafCharge,
  ) {
    this.#module = module;
    this.#instrumenter = new Instrumenter(module, functionWeight, instructions, leafCharge);
  }

  /** Writes a body, which {@link body} then returns, and returns what its function charges when it is entered. */
  write(index: number, body: BinaryReader): number {
    const { bytes, contents } = this.#module;
    const parameters = contents.functions[index]?.params.length ?? 0;
    const locals = readLocals(body, contents);
    const used = parameters + locals.count;
    const charge = this.#instrumenter.instrument(body, used);
    body.finish();
    refuseFeatures(contents, body.offset);
    const { credit, heaviestTurn } = this.#instrumenter;
    const declarations = this.#declarations;
    declarations.clear();
    declarations.u32(locals.groups + (credit > 0 ? 1 : 0));
    declarations.copy(bytes, locals.start, locals.end);
    if (credit > 0) {
      declarations.copy(CREDIT_LOCALS);
      setCredit(declarations, used, credit, heaviestTurn);
    }
    return charge;
  }

  /** The body, with its size in front, until the next is written. If its callers pay for it, it has no check at its entry. */
  body(isLeaf: boolean): Uint8Array {
    const declarations = this.#declarations.view();
    const code = isLeaf ? this.#instrumenter.codeBehindCheck : this.#instrumenter.code;
    const out = this.#out;
    out.clear();
    out.u32(declarations.length + code.length);
    out.copy(declarations);
    out.copy(code);
    return out.view();
  }
}
