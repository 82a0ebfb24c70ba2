import {
  actionOf,
  BRANCH,
  BRANCH_TABLE,
  BULK,
  CALL,
  CALL_INDIRECT,
  CLOSE,
  CLOSE_DELEGATE,
  FUNCTION_REFERENCE,
  GLOBAL,
  LEAVE,
  LOCAL,
  NEXT_ARM,
  NOTHING,
  OPEN,
  OPEN_LOOP,
  OPEN_TRY_TABLE,
  RETHROW,
} from "./actions";
import { BinaryReader } from "./binary-reader";
import { FunctionWriter } from "./function-writer";
import { guest } from "./guest";
import { allocate } from "./heap";
import { instruction, readInstruction } from "./instruction";
import { leafChargeOf } from "./leaf-functions";
import { DEAD } from "./path-charges";
import { passPlain, plainCount, setConstant } from "./plain-run";
import { checkArm, LOOP } from "./structure";
import { HOST_CALL_WEIGHT, MAX_PATH_WEIGHT, weightOf } from "./weights";

const BR_IF = 0x0d;
const RETURN_CALL = 0x12;
const RETURN_CALL_INDIRECT = 0x13;
const I32_CONST = 0x41;
/** The clauses of try_table from this kind on have no tag. */
const FIRST_CATCH_ALL: u32 = 2;
/** What one byte can say of an index. */
const SHORT_INDEX: u32 = 0x80;

/** Reads the instructions of one function after the other, checks the indices in them, and has them written. */
@unmanaged
export class Instrumenter {
  writer: FunctionWriter;
  body: BinaryReader;
  /** Whether functions that call something are left unfinished. */
  private stopsAtCalls: bool;

  /** `functionWeight` is what a call costs beside the instructions of the function. */
  static create(functionWeight: i32, stopsAtCalls: bool): Instrumenter {
    const instrumenter = changetype<Instrumenter>(allocate(offsetof<Instrumenter>()));
    instrumenter.writer = FunctionWriter.create(functionWeight);
    instrumenter.body = BinaryReader.create();
    instrumenter.stopsAtCalls = stopsAtCalls;
    return instrumenter;
  }

  /**
   * Reads and writes the instructions that come next in the body, of a function with so many parameters and locals. False if that is
   * left unfinished, because it calls something.
   */
  instrument(locals: u32): bool {
    const body = this.body;
    const writer = this.writer;
    const paths = writer.paths;
    const shortLocals = min(locals, SHORT_INDEX);
    const shortGlobals = min(guest.globals, SHORT_INDEX);
    setConstant(0);
    writer.enter(body.at, locals);
    while (paths.length > 0) {
      const weight = paths.weight;
      // An instruction has at least one byte, and weighs 1 at most here.
      const end = weight == DEAD ? body.end : min(body.end, body.at + (MAX_PATH_WEIGHT - weight));
      const at = passPlain(body.at, end, shortLocals, shortGlobals);
      if (weight != DEAD) paths.weight = weight + plainCount;
      body.at = at;
      const opcode = readInstruction(body);
      const next = instruction.end;
      body.at = instruction.immediates;
      this.write(opcode, at);
      body.at = next;
      if (this.stopsAtCalls && writer.calls > 0) return false;
    }
    return true;
  }

  /** Has the instruction at `at` written. The body is at its immediates. */
  private write(opcode: u32, at: usize): void {
    const writer = this.writer;
    const action = actionOf(opcode);
    if (action >= OPEN && action <= CLOSE_DELEGATE) {
      this.structure(action, opcode, at);
    } else if (action == CALL || action == CALL_INDIRECT) {
      this.call(action, opcode, at);
    } else if (action == BULK) {
      writer.bulk(opcode, at);
    } else {
      writer.add(weightOf(opcode), at);
      if (opcode == I32_CONST) setConstant(instruction.immediates);
      else if (action != NOTHING) this.use(action, opcode, at);
    }
  }

  /** An instruction that was added. */
  // @ts-ignore: decorator
  @inline
  private use(action: u32, opcode: u32, at: usize): void {
    const body = this.body;
    const writer = this.writer;
    switch (action) {
      case LOCAL:
        body.u32Below(writer.locals, "a local index");
        return;
      case GLOBAL:
        body.u32Below(guest.globals, "a global index");
        return;
      case FUNCTION_REFERENCE: {
        const index = body.u32Below(guest.functions, "a function index");
        writer.renumber(index, instruction.immediates, body.at);
        return;
      }
      case BRANCH:
        writer.branch(opcode, body.u32Below(writer.paths.length, "a label"), at, body.at);
        if (opcode == BR_IF) return;
        break;
      case BRANCH_TABLE:
        for (let count = <i64>body.u32("the number of labels"); count >= 0; count--) {
          writer.branchTo(this.label());
        }
        break;
      case RETHROW:
        this.label();
        break;
      case LEAVE:
        break;
    }
    writer.paths.leave();
  }

  private call(action: u32, opcode: u32, at: usize): void {
    const body = this.body;
    const writer = this.writer;
    writer.calls++;
    if (action == CALL_INDIRECT) {
      body.u32Below(guest.types, "a type index");
      writer.add(guest.indirectCallWeight, at);
    } else {
      const index = body.u32Below(guest.functions, "a function index");
      const end = body.at;
      let weight = weightOf(opcode);
      if (index < guest.importedFunctions) weight = HOST_CALL_WEIGHT;
      else if (!this.stopsAtCalls) weight += leafChargeOf(index);
      writer.add(weight, at);
      writer.renumber(index, at + 1, end);
    }
    if (opcode == RETURN_CALL || opcode == RETURN_CALL_INDIRECT) writer.paths.leave();
  }

  private structure(action: u32, opcode: u32, at: usize): void {
    const body = this.body;
    const writer = this.writer;
    const paths = writer.paths;
    switch (action) {
      case OPEN_LOOP: {
        writer.add(weightOf(opcode), at);
        const type = this.blockType();
        writer.openLoop(at, instruction.end, type >= 0 && guest.takesParameters(<u32>type));
        break;
      }
      case OPEN:
      case OPEN_TRY_TABLE:
        writer.add(weightOf(opcode), at);
        this.blockType();
        if (action == OPEN_TRY_TABLE) this.catches();
        paths.open(opcode, at);
        break;
      case NEXT_ARM:
        checkArm(opcode, paths.last.kind, body, at);
        paths.nextArm(opcode);
        break;
      case CLOSE:
        this.close(at);
        break;
      case CLOSE_DELEGATE:
        checkArm(opcode, paths.last.kind, body, at);
        this.close(at);
        this.label();
        break;
    }
  }

  /** Closes the innermost construct, whose end is at `at`. */
  private close(at: usize): void {
    const paths = this.writer.paths;
    if (paths.last.kind == LOOP) this.writer.closeLoop(at);
    paths.close();
  }

  /** The labels of try_table, which count from outside of it. */
  private catches(): void {
    const body = this.body;
    for (let count = body.u32("the number of catch clauses"); count > 0; count--) {
      const kind = body.byte("the kind of a catch clause");
      if (kind < FIRST_CATCH_ALL) body.u32("a tag");
      this.writer.paths.catchTo(this.label());
    }
  }

  /** Converts the label that comes next, and returns the number of the construct that it leads to. */
  private label(): u32 {
    const body = this.body;
    const start = body.at;
    const label = body.u32Below(this.writer.paths.length, "a label");
    return this.writer.label(label, start, body.at);
  }

  /** The type index of a block, or a negative number. */
  private blockType(): i64 {
    const body = this.body;
    const start = body.at;
    const type = body.s33("a block type");
    if (type < 0) return type;
    body.at = start;
    return body.u32Below(guest.types, "a type index");
  }
}
