import { UNDECLARED } from "../failure-kinds";
import {
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
import { fail } from "./exchange";
import { FunctionWriter } from "./function-writer";
import { guest } from "./guest";
import { actionIn, handlingOf, weightIn } from "./handling";
import { allocate } from "./heap";
import {
  readBlockType,
  readCatchKindAndTag,
  readImmediates,
  readOpcode,
  readTableIndex,
} from "./instruction";
import { leafChargeOf } from "./leaf-functions";
import { DEAD } from "./path-charges";
import { passPlain, plainCount, setConstant } from "./plain-run";
import { checkArm, LOOP } from "./structure";
import { HOST_CALL_WEIGHT, MAX_PATH_WEIGHT } from "./weights";

const BR_IF = 0x0d;
const RETURN_CALL = 0x12;
const RETURN_CALL_INDIRECT = 0x13;
const I32_CONST = 0x41;
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
      this.write(at);
      if (this.stopsAtCalls && writer.calls > 0) return false;
    }
    return true;
  }

  /**
   * Reads the instruction at `at`, where the body is, and has it written. What is frequent is done here: calls take their time in code
   * that was compiled in a hurry, as the kernel is at first.
   */
  // @ts-ignore: decorator
  @inline
  private write(at: usize): void {
    const body = this.body;
    const writer = this.writer;
    const paths = writer.paths;
    const opcode = readOpcode(body);
    const handling = handlingOf(opcode);
    const action = actionIn(handling);
    if (action == CALL) {
      this.call(opcode, weightIn(handling), at);
      return;
    }
    writer.add(action == CALL_INDIRECT ? guest.indirectCallWeight : weightIn(handling), at);
    switch (action) {
      case NOTHING:
        if (opcode == I32_CONST) setConstant(body.at);
        readImmediates(body);
        break;
      case OPEN:
        this.blockType();
        paths.open(opcode, at);
        break;
      case OPEN_LOOP: {
        const type = this.blockType();
        writer.openLoop(at, body.at, type >= 0 && guest.takesParameters(<u32>type));
        break;
      }
      case NEXT_ARM:
        readImmediates(body);
        checkArm(opcode, paths.last.kind, body, at);
        paths.nextArm(opcode);
        break;
      case CLOSE:
        this.close(at);
        break;
      case BRANCH: {
        const label = body.u32Below(paths.length, "a label");
        writer.branch(opcode, label, at, body.at);
        if (opcode != BR_IF) paths.leave();
        break;
      }
      case LEAVE:
        readImmediates(body);
        paths.leave();
        break;
      default:
        this.writeRare(action, opcode, at);
    }
  }

  /** An instruction that was added, and that there are few of. */
  private writeRare(action: u32, opcode: u32, at: usize): void {
    const body = this.body;
    const writer = this.writer;
    const paths = writer.paths;
    switch (action) {
      case LOCAL:
        body.u32Below(writer.locals, "a local index");
        break;
      case GLOBAL:
        body.u32Below(guest.globals, "a global index");
        break;
      case FUNCTION_REFERENCE: {
        const start = body.at;
        const index = body.u32Below(guest.functions, "a function index");
        if (guest.factsOf(index).isUndeclared) fail(UNDECLARED, "", body, start, index);
        writer.renumber(index, start, body.at);
        break;
      }
      case CALL_INDIRECT:
        writer.calls++;
        body.u32Below(guest.types, "a type index");
        readTableIndex(body);
        if (opcode == RETURN_CALL_INDIRECT) paths.leave();
        break;
      case BULK:
        readImmediates(body);
        writer.bulk(opcode, at);
        break;
      case OPEN_TRY_TABLE:
        this.blockType();
        for (let count = body.count("catch clauses"); count > 0; count--) {
          readCatchKindAndTag(body);
          // It counts from outside.
          paths.catchTo(this.label());
        }
        paths.open(opcode, at);
        break;
      case CLOSE_DELEGATE:
        checkArm(opcode, paths.last.kind, body, at);
        this.close(at);
        this.label();
        break;
      case BRANCH_TABLE:
        for (let count = <i64>body.count("labels"); count >= 0; count--) writer.branchTo(this.label());
        paths.leave();
        break;
      case RETHROW:
        this.label();
        paths.leave();
        break;
      default:
        // Its immediates would be read as instructions.
        unreachable();
    }
  }

  private call(opcode: u32, callWeight: i32, at: usize): void {
    const body = this.body;
    const writer = this.writer;
    writer.calls++;
    const start = body.at;
    const index = body.u32Below(guest.functions, "a function index");
    const end = body.at;
    let weight = callWeight;
    if (index < guest.importedFunctions) weight = HOST_CALL_WEIGHT;
    else if (!this.stopsAtCalls) weight += leafChargeOf(index);
    writer.add(weight, at);
    writer.renumber(index, start, end);
    if (opcode == RETURN_CALL) writer.paths.leave();
  }

  /** Closes the innermost construct, whose end is at `at`. */
  private close(at: usize): void {
    const paths = this.writer.paths;
    if (paths.last.kind == LOOP) this.writer.closeLoop(at);
    paths.close();
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
    const type = readBlockType(body);
    if (type >= <i64>guest.types) {
      body.at = start;
      body.u32Below(guest.types, "a type index");
    }
    return type;
  }
}
