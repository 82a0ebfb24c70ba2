import type { BinaryReader } from "../binary-reader.js";
import { Structure } from "../instructions.js";
import { PlainRun } from "../plain-run.js";
import { CarefulReader } from "./careful-reader.js";
import { KIND } from "./constructs.js";
import { FunctionWriter, type LeafCharges } from "./function-writer.js";
import type { ModuleContext } from "./module-context.js";
import { DEAD } from "./path-charges.js";
import { MAX_PATH_WEIGHT } from "./weights.js";

const { if: IF, loop: LOOP } = Structure;

/** No opcode: that of an instruction to be read with care. */
const UNUSUAL = -1;
/** Returned in the place of an offset. */
const UNFINISHED = -1;

/**
 * Reads the instructions of one function after the other, and has them written. In a fresh process nothing is compiled yet, and
 * each call and each property costs: so what compilers write most, in the form that they write it, is read right here, in one
 * loop with as few of them as can be. Whatever is in any way unusual, mistakes included, is left to a {@link CarefulReader}.
 */
export class Instrumenter {
  readonly writer: FunctionWriter;
  readonly #globals: number;
  readonly #functions: number;
  /** Whether functions that call something are left unfinished. */
  readonly #stopsAtCalls: boolean;
  readonly #run = new PlainRun();
  readonly #careful: CarefulReader;

  /**
   * `functionWeight` is what a call costs beside the instructions of the function. Without `leaves`, only functions that call
   * nothing are written.
   */
  constructor(module: ModuleContext, functionWeight: number, leaves?: LeafCharges) {
    const { globals, functions } = module.contents;
    this.writer = new FunctionWriter(module, functionWeight, leaves);
    // Those whose index has one byte, and two at most.
    this.#globals = Math.min(globals.length, 0x80);
    this.#functions = Math.min(functions.length, 0x4000);
    this.#stopsAtCalls = leaves === undefined;
    this.#careful = new CarefulReader(module, this.writer);
  }

  /**
   * Reads and writes the instructions of a function with so many parameters and locals. False if that is left unfinished,
   * because it calls something.
   */
  instrument(body: BinaryReader, locals: number): boolean {
    const { bytes, offset: start, end } = body;
    this.writer.enter(start, locals);
    this.#careful.enter(body, locals);
    const instructionsEnd = this.#read(bytes, start, end, Math.min(locals, 0x80));
    if (instructionsEnd === UNFINISHED) return false;
    body.offset = instructionsEnd;
    this.writer.finish(instructionsEnd);
    return true;
  }

  /** Reads from `start` on, and returns where the instructions end, or {@link UNFINISHED}. */
  #read(bytes: Uint8Array, start: number, end: number, locals: number): number {
    const { writer } = this;
    const { paths } = writer;
    const run = this.#run;
    const careful = this.#careful;
    const globals = this.#globals;
    const functions = this.#functions;
    const mostCalls = this.#stopsAtCalls ? 0 : Number.POSITIVE_INFINITY;
    const heaviest = MAX_PATH_WEIGHT;
    let next = start;
    for (;;) {
      let weight = paths.weight;
      const isRun = weight !== DEAD;
      // An instruction has at least one byte, and weighs 1 at most here.
      const safe = isRun && next + heaviest - weight < end ? next + heaviest - weight : end;
      const at = run.pass(bytes, next, safe, locals, globals);
      if (isRun) {
        weight += run.count;
        paths.weight = weight;
      }
      next = at + 1;
      const opcode = at < end && weight < heaviest ? (bytes[at] as number) : UNUSUAL;
      switch (opcode) {
        case 0x02: // block
        case 0x03: // loop
        case 0x04: {
          // if
          const type = bytes[next++] as number;
          if (next > end || (type !== 0x40 && (type < 0x7c || type > 0x7f))) {
            next = careful.read(at);
            break;
          }
          if (isRun && opcode !== 0x02) paths.weight = weight + 1;
          if (opcode === 0x03) writer.openLoop(at, next, false);
          else paths.open(opcode, at);
          break;
        }
        case 0x05: // else
          if (paths.values[paths.last + KIND] === IF) paths.nextArm(opcode);
          else next = careful.read(at);
          break;
        case 0x0b: // end
          if (paths.values[paths.last + KIND] === LOOP) writer.closeLoop(at);
          paths.close();
          if (paths.last < 0) return next;
          break;
        case 0x0c: // br
        case 0x0d: {
          // br_if
          const label = bytes[next++] as number;
          writer.constant = run.constant;
          if (next <= end && label < 0x80 && label < paths.length) {
            if (isRun) paths.weight = weight + 1;
            writer.branch(opcode, label, at, next);
            if (opcode === 0x0c) paths.leave();
          } else {
            next = careful.read(at);
          }
          break;
        }
        case 0x0f: // return
          if (isRun) paths.weight = weight + 1;
          paths.leave();
          break;
        case 0x10: {
          // call
          let index = bytes[next++] as number;
          if (index >= 0x80) index = (index & 0x7f) | ((bytes[next++] as number) << 7);
          if (next <= end && index < functions) writer.useFunction(opcode, index, at, at + 1, next);
          else next = careful.read(at);
          if (writer.calls > mostCalls) return UNFINISHED;
          break;
        }
        default:
          // One that is written in an unusual way, or needs a check in front of it.
          if (bytes[at] === 0x41) run.constant = at + 1;
          writer.constant = run.constant;
          next = careful.read(at);
          if (paths.last < 0) return next;
          if (writer.calls > mostCalls) return UNFINISHED;
      }
    }
  }
}
