import { ByteWriter } from "./byte-writer";
import {
  chargeLength,
  chargeLocals,
  check,
  declareCredit,
  LOOP_LINING,
  LOOP_NESTING,
  latch,
  openLoop,
  setCredit,
  writeCreditLatch,
} from "./check-code";
import { guest } from "./guest";
import { allocate } from "./heap";
import { JumpTable, NO_TARGET } from "./jump-table";
import { PathCharges } from "./path-charges";
import { TURNS_WITHOUT_CALLS } from "./path-records";
import { plainConstant } from "./plain-run";
import { LOOP } from "./structure";
import { DISPATCH_WEIGHT, FIRST_CREDIT, FREE_LOCALS, ITERATION_WEIGHT, rateOf } from "./weights";

const BR = 0x0c;
const ROOM = 1024;

/** Where the check of the function itself is. */
const ENTRY = 0;

/**
 * Writes one function after the other anew, with checks and with the new indices. Is told of each instruction that needs more than
 * to be added to {@link paths}; all others are copied.
 */
@unmanaged
export class FunctionWriter {
  paths: PathCharges;
  /** How many calls there were so far. */
  calls: i32;
  /** What the function charges when it is entered, once it is written. */
  entryCharge: i32;
  /** How many parameters and locals the function has. Those of its loops come behind. */
  locals: u32;
  /** What a call costs beside the instructions of the function. */
  private functionWeight: i32;
  /** What the function pays for its loops when it is entered. If it has none, 0, and it needs no more locals. */
  private credit: u32;
  /** What a turn of those loops costs at most. */
  private heaviestTurn: u32;
  private table: JumpTable;
  /** The declarations of the locals, and behind them what has to be done in front of all checks. */
  private declarations: ByteWriter;
  private code: ByteWriter;
  /** Up to where the instructions are in {@link code}. */
  private copied: usize;

  static create(functionWeight: i32): FunctionWriter {
    const writer = changetype<FunctionWriter>(allocate(offsetof<FunctionWriter>()));
    writer.functionWeight = functionWeight;
    writer.paths = PathCharges.create(writer);
    writer.table = JumpTable.create(writer.paths);
    writer.declarations = ByteWriter.create(ROOM);
    writer.code = ByteWriter.create(ROOM);
    return writer;
  }

  /** Begins with a function of so many parameters and locals, whose instructions are from `start` on. */
  enter(start: usize, locals: u32): void {
    this.calls = 0;
    this.credit = 0;
    this.heaviestTurn = 0;
    this.locals = locals;
    this.table.clear();
    this.code.clear();
    this.copied = start;
    this.paths.enter(start, ENTRY);
    this.code.append(check.code);
    if (locals > FREE_LOCALS) chargeLocals(this.code, locals);
  }

  /** The function, whose declarations of locals are from `start` to `end` in so many groups, ends at `instructionsEnd`. */
  finish(groups: u32, start: usize, end: usize, instructionsEnd: usize): void {
    this.copyTo(instructionsEnd);
    const declarations = this.declarations;
    const hasCredit = this.credit > 0;
    declarations.clear();
    declarations.u32(groups + <u32>hasCredit);
    declarations.copy(start, end);
    if (!hasCredit) return;
    declareCredit(declarations);
    setCredit(declarations, this.locals, this.credit, this.heaviestTurn);
  }

  /** Copies the body that was written, with its size in front. If its callers pay for it, it has no check at its entry. */
  writeTo(out: ByteWriter, isLeaf: bool): void {
    const start = isLeaf ? check.code.length : 0;
    out.u32(this.declarations.length + this.code.length - start);
    out.append(this.declarations);
    out.append(this.code, start);
  }

  /** Charges for the instruction at `at`, with a check in front of it where one is needed. */
  add(weight: i32, at: usize): void {
    if (this.paths.add(weight)) return;
    this.copyTo(at);
    this.startRegion();
    this.paths.add(weight);
  }

  /** An instruction that names a function names this one from now on. Its index is from `start` to `end`. */
  renumber(index: u32, start: usize, end: usize): void {
    const renumbered = guest.renumber(index);
    if (renumbered != index) this.replace(start, end, renumbered);
  }

  /** Charges for the length that the instruction at `at` has, which was added. */
  bulk(opcode: u32, at: usize): void {
    this.copyTo(at);
    chargeLength(this.code, rateOf(opcode));
  }

  /** A `br` or `br_if` at `at`, that was added, has `label` behind its opcode and ends at `end`. */
  branch(opcode: u32, label: u32, at: usize, end: usize): void {
    const paths = this.paths;
    const named = paths.length - 1 - label;
    const target = opcode == BR ? this.table.targetOf(at, named, plainConstant) : NO_TARGET;
    if (target == NO_TARGET) {
      this.branchTo(this.label(label, at + 1, end));
      return;
    }
    this.add(DISPATCH_WEIGHT, at);
    this.replace(at + 1, end, paths.label(target));
    paths.branch(target);
  }

  /** A branch to the construct number `target`. */
  branchTo(target: u32): void {
    this.paths.branch(target);
    const construct = this.paths.construct(target);
    if (construct.calls == this.calls) construct.calls = TURNS_WITHOUT_CALLS;
  }

  /** Converts the label that is from `start` to `end`, and returns the number of the construct that it leads to. */
  label(label: u32, start: usize, end: usize): u32 {
    const target = this.paths.length - 1 - label;
    const converted = this.paths.label(target);
    if (converted != label) this.replace(start, end, converted);
    return target;
  }

  /** Opens the loop at `at`, with its type behind the opcode and up to `end`, that was added: see {@link LOOP_NESTING}. */
  openLoop(at: usize, end: usize, takesParameters: bool): void {
    const paths = this.paths;
    const code = this.code;
    if (takesParameters) {
      // What the loop takes from the stack would have to go through all that. It is checked where it begins.
      paths.open(LOOP, at);
      this.copyTo(end);
      this.startRegion();
      return;
    }
    this.copyTo(at);
    this.copied = end;
    openLoop(code, at + 1, end);
    this.table.open(paths.length, at, end);
    paths.open(LOOP, at, LOOP_NESTING, LOOP_LINING).calls = this.calls;
  }

  /** The innermost construct is a loop, whose end is at `at`. */
  closeLoop(at: usize): void {
    const paths = this.paths;
    if (paths.added == 0) return;
    const calls = paths.last.calls;
    const turn = paths.iteration + ITERATION_WEIGHT;
    this.copyTo(at);
    if (calls == TURNS_WITHOUT_CALLS || calls == this.calls) {
      this.credit = FIRST_CREDIT;
      this.heaviestTurn = max(this.heaviestTurn, turn);
      writeCreditLatch(this.code, this.locals, turn);
    } else {
      const start = this.code.length;
      this.code.append(latch.code);
      latch.fill(this.code, start, turn);
    }
  }

  /** The check `at` a place in the code charges so much. */
  settle(at: u32, charge: i32): void {
    let weight = charge;
    if (at == ENTRY) {
      weight += this.functionWeight + this.credit;
      this.entryCharge = weight;
    }
    check.fill(this.code, at, weight);
  }

  /** Puts a check here. */
  private startRegion(): void {
    this.paths.startRegion(this.code.length);
    this.code.append(check.code);
  }

  // @ts-ignore: decorator
  @inline
  private copyTo(at: usize): void {
    this.code.copy(this.copied, at);
    this.copied = at;
  }

  /** Puts a u32 in the place of what is from `start` to `end`. */
  private replace(start: usize, end: usize, value: u32): void {
    this.copyTo(start);
    this.copied = end;
    this.code.u32(value);
  }
}
