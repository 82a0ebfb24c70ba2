import { BinaryReader } from "../binary-reader.js";
import { checkArm, InstructionReader, Structure } from "../instructions.js";
import type { ModuleContents } from "../module-contents.js";
import type { FunctionWriter } from "./function-writer.js";
import { Action, actionOf } from "./instruction-actions.js";
import type { ModuleContext } from "./module-context.js";
import { HOST_CALL_WEIGHT, INDIRECT_CALL_WEIGHT, plainWeights, prefixedWeight } from "./weights.js";

const BR_IF = 0x0d;
const RETURN_CALL = 0x12;
const RETURN_CALL_INDIRECT = 0x13;
/** The clauses of try_table from this kind on have no tag. */
const FIRST_CATCH_ALL = 2;

/** Reads instructions of any kind and form, checks the indices in them, and has them written. */
export class CarefulReader {
  readonly #contents: ModuleContents;
  readonly #writer: FunctionWriter;
  readonly #indirectCallWeight: number;
  readonly #instructions: InstructionReader;
  #body: BinaryReader;
  #locals = 0;

  constructor({ bytes, contents, referenced }: ModuleContext, writer: FunctionWriter) {
    this.#contents = contents;
    this.#writer = writer;
    const hostInTables = [...referenced].some((index) => index < contents.importedFunctions);
    this.#indirectCallWeight = hostInTables ? HOST_CALL_WEIGHT : INDIRECT_CALL_WEIGHT;
    this.#instructions = new InstructionReader(contents.features);
    this.#body = new BinaryReader(bytes, "the code section");
  }

  /** Begins with a function of so many parameters and locals. Moves `body` as it likes. */
  enter(body: BinaryReader, locals: number): void {
    this.#body = body;
    this.#locals = locals;
  }

  /** Reads the instruction at `at`, and returns where it ends. Throws a WasmFormatError if it is none, or names what is not there. */
  read(at: number): number {
    const instructions = this.#instructions;
    this.#body.offset = at;
    instructions.read(this.#body);
    this.#body.offset = instructions.immediates;
    this.#instruction(instructions.opcode, at);
    return instructions.end;
  }

  #instruction(opcode: number, at: number): void {
    const writer = this.#writer;
    const action = actionOf(opcode);
    if (action === Action.none) {
      writer.add(opcode < 0x100 ? (plainWeights[opcode] as number) : prefixedWeight(opcode), at);
    } else if (action <= Action.functionReference) {
      this.#useIndex(action, opcode, at);
    } else if (action === Action.bulk) {
      writer.bulk(opcode, at);
    } else {
      this.#control(action, opcode, at);
    }
  }

  #useIndex(action: number, opcode: number, at: number): void {
    const { globals, types, functions } = this.#contents;
    const body = this.#body;
    const writer = this.#writer;
    switch (action) {
      case Action.local:
        writer.add(1, at);
        body.u32Below(this.#locals, "a local index");
        return;
      case Action.global:
        writer.add(1, at);
        body.u32Below(globals.length, "a global index");
        return;
      case Action.callIndirect:
        body.u32Below(types.length, "a type index");
        writer.calls++;
        writer.add(this.#indirectCallWeight, at);
        break;
      default: {
        const start = body.offset;
        const index = body.u32Below(functions.length, "a function index");
        writer.useFunction(opcode, index, at, start, body.offset);
      }
    }
    if (opcode === RETURN_CALL || opcode === RETURN_CALL_INDIRECT) writer.paths.leave();
  }

  #control(action: number, opcode: number, at: number): void {
    const writer = this.#writer;
    const { paths } = writer;
    switch (action) {
      case Action.loop: {
        writer.add(1, at);
        const type = this.#blockType();
        const takesParameters = type >= 0 && this.#contents.types[type]?.params.length !== 0;
        writer.openLoop(at, this.#instructions.end, takesParameters);
        break;
      }
      case Action.open:
      case Action.tryTable:
        writer.add(plainWeights[opcode] as number, at);
        this.#blockType();
        if (action === Action.tryTable) this.#catches();
        paths.open(opcode, at);
        break;
      case Action.arm:
        checkArm(opcode, paths.kind, at);
        paths.nextArm(opcode);
        break;
      case Action.end:
        this.#close(at);
        break;
      case Action.delegate:
        checkArm(opcode, paths.kind, at);
        this.#close(at);
        this.#label();
        break;
      default:
        writer.add(plainWeights[opcode] as number, at);
        this.#jump(action, opcode, at);
        if (opcode !== BR_IF) paths.leave();
    }
  }

  /** Closes the innermost construct, whose end is at `at`. */
  #close(at: number): void {
    const { paths } = this.#writer;
    if (paths.kind === Structure.loop) this.#writer.closeLoop(at);
    paths.close();
  }

  #jump(action: number, opcode: number, at: number): void {
    const writer = this.#writer;
    const body = this.#body;
    if (action === Action.branch) {
      writer.branch(opcode, body.u32Below(writer.paths.length, "a label"), at, body.offset);
    } else if (action === Action.branchTable) {
      for (let count = body.u32("the number of labels"); count >= 0; count--) {
        writer.branchTo(this.#label());
      }
    } else if (action === Action.rethrow) {
      this.#label();
    }
  }

  /** The labels of try_table, which count from outside of it. */
  #catches(): void {
    const body = this.#body;
    for (let count = body.u32("the number of catch clauses"); count > 0; count--) {
      const kind = body.byte("the kind of a catch clause");
      if (kind < FIRST_CATCH_ALL) body.u32("a tag");
      this.#writer.paths.catchTo(this.#label());
    }
  }

  /** Converts the label that comes next, and returns the number of the construct that it leads to. */
  #label(): number {
    const writer = this.#writer;
    const body = this.#body;
    const start = body.offset;
    const label = body.u32Below(writer.paths.length, "a label");
    return writer.label(label, start, body.offset);
  }

  /** The type index of a block, or a negative number. */
  #blockType(): number {
    const body = this.#body;
    const start = body.offset;
    const type = body.s33("a block type");
    if (type < 0) return type;
    body.offset = start;
    return body.u32Below(this.#contents.types.length, "a type index");
  }
}
