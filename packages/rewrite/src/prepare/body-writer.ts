import type { BinaryReader } from "../binary-reader.js";
import { ByteWriter } from "../byte-writer.js";
import { readLocals } from "../code-section.js";
import { CREDIT_LOCALS, setCredit } from "./check-code.js";
import type { LeafCharges } from "./function-writer.js";
import { Instrumenter } from "./instrumenter.js";
import type { ModuleContext } from "./module-context.js";
import { refuseFeatures } from "./refusals.js";
import { FREE_LOCALS } from "./weights.js";

/** Writes one function body after the other anew. */
export class BodyWriter {
  readonly #module: ModuleContext;
  readonly #instrumenter: Instrumenter;
  readonly #declarations = new ByteWriter();
  #locals = 0;

  /** As an {@link Instrumenter}. */
  constructor(module: ModuleContext, functionWeight: number, leaves?: LeafCharges) {
    this.#module = module;
    this.#instrumenter = new Instrumenter(module, functionWeight, leaves);
  }

  /** Writes a body, which {@link copyTo} then copies. False if that is left unfinished, because it calls something. */
  write(index: number, body: BinaryReader): boolean {
    const { bytes, contents } = this.#module;
    const parameters = contents.functions[index]?.params.length ?? 0;
    const locals = readLocals(body, contents);
    const used = parameters + locals.count;
    this.#locals = used;
    if (!this.#instrumenter.instrument(body, used)) return false;
    body.finish();
    refuseFeatures(contents, body.offset);
    const { credit, heaviestTurn } = this.#instrumenter.writer;
    const declarations = this.#declarations;
    declarations.clear();
    declarations.u32(locals.groups + (credit > 0 ? 1 : 0));
    declarations.copy(bytes, locals.start, locals.end);
    if (credit > 0) {
      declarations.copy(CREDIT_LOCALS);
      setCredit(declarations, used, credit, heaviestTurn);
    }
    return true;
  }

  /** What the function that was written charges when it is entered. */
  get charge(): number {
    return this.#instrumenter.writer.entryCharge;
  }

  /** Whether the function that was written calls nothing, and has few enough locals not to pay for them. */
  get callsNothing(): boolean {
    return this.#instrumenter.writer.calls === 0 && this.#locals <= FREE_LOCALS;
  }

  /** Copies the body that was written, with its size in front. If its callers pay for it, it has no check at its entry. */
  copyTo(out: ByteWriter, isLeaf: boolean): void {
    const { code, entryBytes } = this.#instrumenter.writer;
    const start = isLeaf ? entryBytes : 0;
    out.u32(this.#declarations.length + code.length - start);
    out.append(this.#declarations);
    out.append(code, start);
  }
}
