import { BinaryReader } from "../binary-reader.js";
import { type InstructionReader, Structure } from "../instructions.js";
import type { ModuleContents } from "../module-contents.js";
import { ONE_BYTE, PlainRun } from "../plain-run.js";
import type { Additions } from "./additions.js";
import {
  chargeSnippet,
  checkSnippet,
  creditLatch,
  fillWeight,
  LOOP_NESTING,
  LOOP_OPENING,
  latchSnippet,
  localsSnippet,
  type Snippet,
} from "./check-code.js";
import { Action, actionOf } from "./instruction-actions.js";
import { JumpTable } from "./jump-table.js";
import { LabelMap } from "./label-map.js";
import { PathCharges } from "./path-charges.js";
import { SpanWriter } from "./span-writer.js";
import {
  type BulkWeight,
  bulkWeights,
  DISPATCH_WEIGHT,
  FIRST_CREDIT,
  FREE_LOCALS,
  HOST_CALL_WEIGHT,
  INDIRECT_CALL_WEIGHT,
  ITERATION_WEIGHT,
  plainWeights,
  prefixedWeight,
} from "./weights.js";

const BR_IF = 0x0d;
const RETURN_CALL = 0x12;
const RETURN_CALL_INDIRECT = 0x13;
/** The clauses of try_table from this kind on have no tag. */
const FIRST_CATCH_ALL = 2;

/** Noted of loops that can turn without a call. Of others, how many calls there were when they began. */
const TURNS_WITHOUT_CALLS = -1;

/** Where the check of the function itself is. */
const ENTRY = 0;

/** What to know of a module to write its functions. */
export interface ModuleContext {
  readonly bytes: Uint8Array;
  readonly contents: ModuleContents;
  readonly additions: Additions;
  /** Functions that something else than a call can reach: exports, tables and the start section. */
  readonly referenced: ReadonlySet<number>;
}

/** Of a function that its callers pay for, what that costs; of any other 0. */
export type LeafCharge = (index: number) => number;

/** Writes the instructions of one function after the other anew: with checks, and with the new indices. */
export class Instrumenter {
  readonly #bytes: Uint8Array;
  readonly #contents: ModuleContents;
  readonly #additions: Additions;
  readonly #functionWeight: number;
  readonly #indirectCallWeight: number;
  readonly #instructions: InstructionReader;
  readonly #check: Snippet;
  readonly #latch: Snippet;
  readonly #charges = new Map<BulkWeight, Uint8Array>();
  readonly #paths: PathCharges;
  readonly #labels = new LabelMap();
  readonly #table: JumpTable;
  readonly #code: SpanWriter;
  readonly #leafCharge: LeafCharge;
  readonly #run = new PlainRun();
  /** Reads instructions. */
  #body: BinaryReader;
  /** Reads immediates. */
  #cursor: BinaryReader;
  /** How many parameters and locals the function has. Those of its loops come behind. */
  #locals = 0;
  #entryCharge = 0;
  #credit = 0;
  #heaviestTurn = 0;
  /** How many calls there were so far. */
  #calls = 0;

  /** `functionWeight` is what a call costs beside the instructions of the function. */
  constructor(
    { bytes, contents, additions, referenced }: ModuleContext,
    functionWeight: number,
    instructions: InstructionReader,
    leafCharge: LeafCharge,
  ) {
    this.#bytes = bytes;
    this.#contents = contents;
    this.#additions = additions;
    this.#functionWeight = functionWeight;
    const hostInTables = [...referenced].some((index) => index < contents.importedFunctions);
    this.#indirectCallWeight = hostInTables ? HOST_CALL_WEIGHT : INDIRECT_CALL_WEIGHT;
    this.#leafCharge = leafCharge;
    this.#instructions = instructions;
    this.#check = checkSnippet(additions);
    this.#latch = latchSnippet(additions);
    this.#paths = new PathCharges((at, charge) => this.#settle(at, charge));
    this.#code = new SpanWriter(bytes);
    this.#table = new JumpTable(bytes);
    this.#body = new BinaryReader(bytes, "the code section");
    this.#cursor = this.#body;
  }

  /** What the function pays for its loops when it is entered. If it has none, 0, and it needs no more locals. */
  get credit(): number {
    return this.#credit;
  }

  /** What a turn of those loops costs at most. */
  get heaviestTurn(): number {
    return this.#heaviestTurn;
  }

  /**
   * Reads the instructions of a function with so many parameters and locals. Returns what it charges when it is entered. The
   * rest is in {@link code} and {@link credit} until the next one.
   */
  instrument(body: BinaryReader, locals: number): number {
    this.#enter(body, locals);
    while (this.#next()) this.#instruction(this.#instructions.opcode);
    this.#code.copyTo(this.#instructions.end);
    return this.#entryCharge;
  }

  /** The instructions, with all checks. */
  get code(): Uint8Array {
    return this.#code.out.view();
  }

  /** The same without the check at the entry. */
  get codeBehindCheck(): Uint8Array {
    return this.code.subarray(this.#check.bytes.length);
  }

  #enter(body: BinaryReader, locals: number): void {
    this.#body = body;
    this.#cursor = body.fork();
    this.#locals = locals;
    this.#credit = 0;
    this.#heaviestTurn = 0;
    this.#calls = 0;
    this.#labels.clear();
    this.#labels.open(0);
    this.#table.clear();
    this.#code.startAt(body.offset);
    this.#paths.enter(ENTRY);
    this.#code.out.copy(this.#check.bytes);
    if (locals > FREE_LOCALS) this.#code.out.copy(localsSnippet(this.#additions, locals));
    this.#instructions.enter(body);
  }

  /** Goes to the next instruction that {@link PlainRun} does not pass over, if there is one. */
  #next(): boolean {
    const run = this.#run;
    const paths = this.#paths;
    const body = this.#body;
    run.pass(this.#bytes, body.offset, body.end, Math.min(this.#locals, ONE_BYTE), paths.room);
    if (run.count > 0) {
      body.offset = run.end;
      paths.add(run.count);
      if (this.#table.isOpen && run.constant >= 0) this.#table.constant(run.constant);
    }
    return this.#instructions.next();
  }

  #instruction(opcode: number): void {
    const action = actionOf(opcode);
    if (action === Action.none) {
      this.#add(opcode < 0x100 ? (plainWeights[opcode] as number) : prefixedWeight(opcode));
    } else if (action <= Action.functionReference) {
      this.#cursor.offset = this.#instructions.immediates;
      this.#useIndex(action, opcode);
    } else if (action === Action.constant) {
      this.#add(1);
      if (this.#table.isOpen) this.#table.constant(this.#instructions.immediates);
    } else if (action === Action.bulk) {
      this.#bulk(opcode);
    } else {
      this.#cursor.offset = this.#instructions.immediates;
      this.#control(action, opcode);
    }
  }

  #useIndex(action: number, opcode: number): void {
    const { globals, types, functions, importedFunctions } = this.#contents;
    switch (action) {
      case Action.local:
        this.#add(1);
        this.#cursor.u32Below(this.#locals, "a local index");
        return;
      case Action.global:
        this.#add(1);
        this.#cursor.u32Below(globals.length, "a global index");
        return;
      case Action.callIndirect:
        this.#cursor.u32Below(types.length, "a type index");
        this.#calls++;
        this.#add(this.#indirectCallWeight);
        break;
      default: {
        const start = this.#cursor.offset;
        const index = this.#cursor.u32Below(functions.length, "a function index");
        if (action === Action.call) this.#calls++;
        const host = action === Action.call && index < importedFunctions;
        const leaf = action === Action.call ? this.#leafCharge(index) : 0;
        this.#add(host ? HOST_CALL_WEIGHT : (plainWeights[opcode] as number) + leaf);
        if (index >= importedFunctions) {
          this.#code.replace(start, this.#cursor.offset, this.#additions.functionIndex(index));
        }
      }
    }
    if (opcode === RETURN_CALL || opcode === RETURN_CALL_INDIRECT) this.#paths.leave();
  }

  #bulk(opcode: number): void {
    const weight = bulkWeights.get(opcode);
    this.#add(weight?.base ?? 1);
    if (weight === undefined) return;
    this.#code.copyTo(this.#instructions.offset);
    this.#code.out.copy(this.#chargeFor(weight));
  }

  #control(action: number, opcode: number): void {
    const paths = this.#paths;
    switch (action) {
      case Action.loop:
        this.#add(1);
        this.#loop(this.#blockType());
        break;
      case Action.open:
      case Action.tryTable:
        this.#add(plainWeights[opcode] as number);
        this.#blockType();
        if (action === Action.tryTable) this.#catches();
        paths.open(opcode);
        this.#labels.open(0);
        break;
      case Action.arm:
        paths.nextArm(opcode);
        break;
      case Action.end:
        this.#end();
        break;
      case Action.delegate:
        this.#end();
        this.#label();
        break;
      default:
        this.#add(plainWeights[opcode] as number);
        this.#jump(action);
        if (opcode !== BR_IF) paths.leave();
    }
  }

  #jump(action: number): void {
    if (action === Action.branch) {
      this.#branch();
    } else if (action === Action.branchTable) {
      for (let count = this.#cursor.u32("the number of labels"); count >= 0; count--) {
        this.#branchTo(this.#label());
      }
    } else if (action === Action.rethrow) {
      this.#label();
    }
  }

  /** A branch to the label at the cursor, if it does not really lead elsewhere: see {@link JumpTable}. */
  #branch(): void {
    const start = this.#cursor.offset;
    const { depth } = this.#labels;
    const named = depth - 1 - this.#cursor.u32Below(depth, "a label");
    const target = this.#table.targetOf(this.#instructions.offset, named);
    if (target === undefined) {
      this.#cursor.offset = start;
      this.#branchTo(this.#label());
      return;
    }
    this.#add(DISPATCH_WEIGHT);
    this.#code.replace(start, this.#cursor.offset, this.#labels.label(target));
    this.#paths.branch(target);
  }

  #branchTo(target: number): void {
    this.#paths.branch(target);
    if (this.#labels.note(target) === this.#calls) this.#labels.setNote(target, TURNS_WITHOUT_CALLS);
  }

  /** Opens a loop: see {@link LOOP_NESTING}. */
  #loop(type: number): void {
    const { offset, immediates, end } = this.#instructions;
    const { out } = this.#code;
    this.#paths.open(Structure.loop);
    if (type >= 0 && this.#contents.types[type]?.params.length !== 0) {
      // What the loop takes from the stack would have to go through all that. It is checked where it begins.
      this.#labels.open(0);
      this.#code.copyTo(end);
      this.#startRegion();
      return;
    }
    this.#code.copyTo(offset);
    out.byte(Structure.block);
    out.copy(this.#bytes, immediates, end);
    this.#code.copyTo(end);
    out.copy(LOOP_OPENING);
    this.#table.open(this.#labels.depth, end);
    this.#labels.open(LOOP_NESTING, this.#calls);
  }

  #end(): void {
    const { added, depth } = this.#labels;
    const note = this.#labels.note(depth - 1);
    const iteration = this.#paths.iteration + ITERATION_WEIGHT;
    this.#paths.close();
    this.#labels.close();
    this.#table.close(this.#labels.depth);
    if (added === 0) return;
    const { out } = this.#code;
    this.#code.copyTo(this.#instructions.offset);
    if (note === TURNS_WITHOUT_CALLS || note === this.#calls) {
      this.#credit = FIRST_CREDIT;
      this.#heaviestTurn = Math.max(this.#heaviestTurn, iteration);
      creditLatch(out, this.#additions, this.#locals, iteration);
    } else {
      const at = out.length;
      out.copy(this.#latch.bytes);
      fillWeight(out, at, this.#latch, iteration);
    }
  }

  /** The labels of try_table, which count from outside of it. */
  #catches(): void {
    for (let count = this.#cursor.u32("the number of catch clauses"); count > 0; count--) {
      const kind = this.#cursor.byte("the kind of a catch clause");
      if (kind < FIRST_CATCH_ALL) this.#cursor.u32("a tag");
      this.#paths.catchTo(this.#label());
    }
  }

  /** Converts the label at the cursor, and returns the number of the construct that it leads to. */
  #label(): number {
    const start = this.#cursor.offset;
    const depth = this.#labels.depth;
    const label = this.#cursor.u32Below(depth, "a label");
    const target = depth - 1 - label;
    const converted = this.#labels.label(target);
    if (converted !== label) this.#code.replace(start, this.#cursor.offset, converted);
    return target;
  }

  /** The type index of a block, or a negative number. */
  #blockType(): number {
    const start = this.#cursor.offset;
    const type = this.#cursor.s33("a block type");
    if (type < 0) return type;
    this.#cursor.offset = start;
    return this.#cursor.u32Below(this.#contents.types.length, "a type index");
  }

  /** Charges for the instruction, with a check in front of it where one is needed. */
  #add(weight: number): void {
    if (this.#paths.needsCheck(weight)) {
      this.#code.copyTo(this.#instructions.offset);
      this.#startRegion();
    }
    this.#paths.add(weight);
  }

  /** Puts a check here. */
  #startRegion(): void {
    this.#paths.startRegion(this.#code.out.length);
    this.#code.out.copy(this.#check.bytes);
  }

  #settle(at: number, charge: number): void {
    let weight = charge;
    if (at === ENTRY) {
      weight += this.#functionWeight + this.#credit;
      this.#entryCharge = weight;
    }
    fillWeight(this.#code.out, at, this.#check, weight);
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
