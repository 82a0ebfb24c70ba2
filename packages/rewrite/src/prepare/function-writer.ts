import type { ByteWriter } from "../byte-writer.js";
import { Structure } from "../instructions.js";
import { SpanWriter } from "../span-writer.js";
import type { Additions } from "./additions.js";
import {
  type CreditLatch,
  chargeSnippet,
  checkSnippet,
  creditLatch,
  fillWeight,
  LOOP_NESTING,
  LOOP_OPENING,
  latchSnippet,
  localsSnippet,
  type Snippet,
  writeCreditLatch,
} from "./check-code.js";
import { CALLS, FIELDS, TURNS_WITHOUT_CALLS } from "./constructs.js";
import { JumpTable } from "./jump-table.js";
import type { ModuleContext } from "./module-context.js";
import { PathCharges } from "./path-charges.js";
import {
  type BulkWeight,
  bulkWeights,
  DISPATCH_WEIGHT,
  FIRST_CREDIT,
  FREE_LOCALS,
  HOST_CALL_WEIGHT,
  ITERATION_WEIGHT,
  plainWeights,
} from "./weights.js";

const BR = 0x0c;
const CALL = 0x10;
const RETURN_CALL = 0x12;

/** Where the check of the function itself is. */
const ENTRY = 0;

/** Knows which functions are paid for by their callers. */
export interface LeafCharges {
  /** What a function charges its callers. 0 if it pays for itself. */
  chargeOf(index: number): number;
}

/**
 * Writes the instructions of one function after the other anew, with checks and with the new indices. Is told of each
 * instruction that needs more than to be added to {@link paths}; all others are copied.
 */
export class FunctionWriter {
  readonly paths: PathCharges = new PathCharges((at, charge) => this.#settle(at, charge));
  /** Where the value of the last i32.const is. */
  constant = 0;
  /** How many calls there were so far. */
  calls = 0;
  /** What the function pays for its loops when it is entered. If it has none, 0, and it needs no more locals. */
  credit = 0;
  /** What a turn of those loops costs at most. */
  heaviestTurn = 0;
  /** What the function charges when it is entered, once it is written. */
  entryCharge = 0;

  readonly #bytes: Uint8Array;
  readonly #additions: Additions;
  readonly #importedFunctions: number;
  readonly #functionWeight: number;
  readonly #leaves: LeafCharges | undefined;
  readonly #check: Snippet;
  readonly #latch: Snippet;
  readonly #charges = new Map<BulkWeight, Uint8Array>();
  /** By the number of parameters and locals of a function. */
  readonly #creditLatches = new Map<number, CreditLatch>();
  readonly #table: JumpTable;
  readonly #code: SpanWriter;
  /** How many parameters and locals the function has. Those of its loops come behind. */
  #locals = 0;

  /** As an Instrumenter. */
  constructor(module: ModuleContext, functionWeight: number, leaves?: LeafCharges) {
    const { bytes, overwritten, contents, additions } = module;
    this.#bytes = bytes;
    this.#importedFunctions = contents.importedFunctions;
    this.#leaves = leaves;
    this.#additions = additions;
    this.#functionWeight = functionWeight;
    this.#check = checkSnippet(additions);
    this.#latch = latchSnippet(additions);
    this.#code = new SpanWriter(overwritten);
    this.#table = new JumpTable(bytes, this.paths);
  }

  /** Begins with a function of so many parameters and locals, whose instructions are from `start` on. */
  enter(start: number, locals: number): void {
    const { out } = this.#code;
    this.constant = 0;
    this.calls = 0;
    this.credit = 0;
    this.heaviestTurn = 0;
    this.#locals = locals;
    this.#table.clear();
    this.#code.startAt(start);
    this.paths.enter(start, ENTRY);
    out.copy(this.#check.bytes);
    if (locals > FREE_LOCALS) out.copy(localsSnippet(this.#additions, locals));
  }

  /** The function ends at `end`. */
  finish(end: number): void {
    this.#code.copyTo(end);
  }

  /** The instructions, with all checks, until the next function. */
  get code(): ByteWriter {
    return this.#code.out;
  }

  /** How many bytes of {@link code} are the check at the entry. */
  get entryBytes(): number {
    return this.#check.bytes.length;
  }

  /** Charges for the instruction at `at`, with a check in front of it where one is needed. */
  add(weight: number, at: number): void {
    if (this.paths.add(weight)) return;
    this.#code.copyTo(at);
    this.#startRegion();
    this.paths.add(weight);
  }

  /** A call, or another instruction at `at` that names a function: from `start` to `end`. */
  useFunction(opcode: number, index: number, at: number, start: number, end: number): void {
    let weight = plainWeights[opcode] as number;
    if (opcode === CALL || opcode === RETURN_CALL) {
      this.calls++;
      if (index < this.#importedFunctions) weight = HOST_CALL_WEIGHT;
      else if (this.#leaves !== undefined) weight += this.#leaves.chargeOf(index);
    }
    this.add(weight, at);
    const renumbered = this.#additions.functionIndex(index);
    if (renumbered !== index) this.#code.replace(start, end, renumbered);
  }

  /** Charges for the instruction at `at` as {@link bulkWeights} say, if they do. */
  bulk(opcode: number, at: number): void {
    const weight = bulkWeights.get(opcode);
    this.add(weight?.base ?? 1, at);
    if (weight === undefined) return;
    this.#code.copyTo(at);
    this.#code.out.copy(this.#chargeFor(weight));
  }

  /** A `br` or `br_if` at `at`, that was added, has `label` behind its opcode and ends at `end`. */
  branch(opcode: number, label: number, at: number, end: number): void {
    const { paths } = this;
    const named = paths.length - 1 - label;
    const target = opcode === BR ? this.#table.targetOf(at, named, this.constant) : undefined;
    if (target === undefined) {
      this.branchTo(this.label(label, at + 1, end));
      return;
    }
    this.add(DISPATCH_WEIGHT, at);
    this.#code.replace(at + 1, end, paths.label(target));
    paths.branch(target);
  }

  /** A branch to the construct number `target`. */
  branchTo(target: number): void {
    this.paths.branch(target);
    const { values } = this.paths;
    const calls = target * FIELDS + CALLS;
    if (values[calls] === this.calls) values[calls] = TURNS_WITHOUT_CALLS;
  }

  /** Converts the label that is from `start` to `end`, and returns the number of the construct that it leads to. */
  label(label: number, start: number, end: number): number {
    const { paths } = this;
    const target = paths.length - 1 - label;
    const converted = paths.label(target);
    if (converted !== label) this.#code.replace(start, end, converted);
    return target;
  }

  /** Opens the loop at `at`, with its type behind the opcode and up to `end`, that was added: see {@link LOOP_NESTING}. */
  openLoop(at: number, end: number, takesParameters: boolean): void {
    const { paths } = this;
    const { out } = this.#code;
    if (takesParameters) {
      // What the loop takes from the stack would have to go through all that. It is checked where it begins.
      paths.open(Structure.loop, at);
      this.#code.copyTo(end);
      this.#startRegion();
      return;
    }
    this.#code.copyTo(at);
    out.byte(Structure.block);
    out.copy(this.#bytes, at + 1, end);
    this.#code.copyTo(end);
    out.copy(LOOP_OPENING);
    this.#table.open(paths.length, at, end);
    const loop = paths.open(Structure.loop, at, LOOP_NESTING);
    paths.values[loop + CALLS] = this.calls;
  }

  /** The innermost construct is a loop, whose end is at `at`. */
  closeLoop(at: number): void {
    const { paths } = this;
    if (paths.added === 0) return;
    const calls = paths.values[paths.last + CALLS] as number;
    const turn = paths.iteration + ITERATION_WEIGHT;
    const { out } = this.#code;
    this.#code.copyTo(at);
    if (calls === TURNS_WITHOUT_CALLS || calls === this.calls) {
      this.credit = FIRST_CREDIT;
      this.heaviestTurn = Math.max(this.heaviestTurn, turn);
      writeCreditLatch(out, this.#creditLatch(), turn);
    } else {
      const latch = out.length;
      out.copy(this.#latch.bytes);
      fillWeight(out, latch, this.#latch, turn);
    }
  }

  /** Puts a check here. */
  #startRegion(): void {
    this.paths.startRegion(this.#code.out.length);
    this.#code.out.copy(this.#check.bytes);
  }

  #settle(at: number, charge: number): void {
    let weight = charge;
    if (at === ENTRY) {
      weight += this.#functionWeight + this.credit;
      this.entryCharge = weight;
    }
    fillWeight(this.#code.out, at, this.#check, weight);
  }

  #creditLatch(): CreditLatch {
    let latch = this.#creditLatches.get(this.#locals);
    if (latch === undefined) {
      latch = creditLatch(this.#additions, this.#locals);
      this.#creditLatches.set(this.#locals, latch);
    }
    return latch;
  }

  #chargeFor(weight: BulkWeight): Uint8Array {
    let snippet = this.#charges.get(weight);
    if (snippet === undefined) {
      snippet = chargeSnippet(this.#additions, weight.rate).bytes;
      this.#charges.set(weight, snippet);
    }
    return snippet;
  }
}
