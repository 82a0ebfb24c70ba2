import { ByteWriter } from "../byte-writer.js";
import type { Additions } from "./additions.js";
import { BULK_SCALE_BITS, LOCAL_RATE, MAX_CREDIT } from "./weights.js";

/** The opcodes of what we insert. */
const Op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  return: 0x0f,
  call: 0x10,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32LtS: 0x48,
  i32GtS: 0x4a,
  i32GeS: 0x4e,
  i64GtU: 0x56,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i64Mul: 0x7e,
  i64ShrU: 0x88,
  i32WrapI64: 0xa7,
  i64ExtendI32U: 0xad,
} as const;

const I32 = 0x7f;
const I64 = 0x7e;
const NO_TYPE = 0x40;

/** Instructions that are inserted again and again, with a weight that becomes known later. */
export interface Snippet {
  readonly bytes: Uint8Array;
  /** Where the weight belongs, as signed LEB128 of two bytes. */
  readonly weights: readonly number[];
}

/** Assembles instructions, behind what is in `out`. */
class Assembler {
  readonly #out: ByteWriter;
  readonly #weights: number[] = [];

  constructor(out: ByteWriter = new ByteWriter()) {
    this.#out = out;
  }

  /** Opcodes, and immediates of one byte. */
  op(...bytes: number[]): this {
    for (const byte of bytes) this.#out.byte(byte);
    return this;
  }

  /** An opcode with an index. */
  at(opcode: number, index: number): this {
    this.#out.byte(opcode);
    this.#out.u32(index);
    return this;
  }

  /** A constant from 0 to 2^31-1, by the opcode of its type. */
  constant(opcode: number, value: number): this {
    this.#out.byte(opcode);
    this.#out.s32(value);
    return this;
  }

  /** Instructions that are assembled already. */
  splice(bytes: Uint8Array): this {
    this.#out.copy(bytes);
    return this;
  }

  /** An i32 constant to be filled in. */
  weight(): this {
    this.#out.byte(Op.i32Const);
    this.#weights.push(this.#out.length);
    return this.op(0x80, 0x00);
  }

  /** Takes an `amount` from the countdown, or asks for a new one. */
  spend({ countdown, ask }: Additions, amount: (code: this) => this): this {
    amount(this.at(Op.globalGet, countdown)).op(Op.i32LtS, Op.if, I32).at(Op.call, ask).op(Op.else);
    amount(this.at(Op.globalGet, countdown)).op(Op.i32Sub, Op.end);
    return this.at(Op.globalSet, countdown);
  }

  done(): Snippet {
    return { bytes: this.#out.view(), weights: this.#weights };
  }
}

/** The largest weight that two bytes can say. */
const MAX_WEIGHT = 0x1fff;

/** Fills in the weight of a snippet that was written at a position of `out`. */
export function fillWeight(out: ByteWriter, at: number, snippet: Snippet, weight: number): void {
  if (weight < 0 || weight > MAX_WEIGHT) throw new Error(`the weight ${weight} is beyond all bounds`);
  const { weights } = snippet;
  for (let i = 0; i < weights.length; i++) {
    const place = at + (weights[i] as number);
    out.patch(place, (weight & 0x7f) | 0x80);
    out.patch(place + 1, weight >> 7);
  }
}

/**
 * Takes a weight from the countdown, or asks for a new one. Uses no locals. A countdown that does not suffice is left as
 * it was if asking fails, which it can where the stack ends, so that it never runs below what the host set.
 */
export function checkSnippet(additions: Additions): Snippet {
  return new Assembler().spend(additions, (code) => code.weight()).done();
}

/**
 * How many constructs are put around what is in a loop:
 *
 * ```
 * block (the loop's type)
 *   loop (the loop's type)
 *     loop
 *       block
 *         what was in the loop: branches to it now lead behind this block
 *         br 3
 *       end
 *       count; br_if 0 (if it is paid for)
 *     end
 *     buy
 *     br 0
 *   end
 * end
 * ```
 *
 * A function buys units for its loops when it is entered, and holds what is left of them in a local. Buying outside of
 * the loop proper makes that fast: as there is no call in it, it keeps its variables in registers. What is left
 * when the function returns is lost, so that there is nothing to be done there, and nothing to be gained by leaving it
 * with an exception. A loop whose turns all begin with a call spends from the countdown itself, in the place of the count: its
 * variables are not in registers anyway.
 */
export const LOOP_NESTING = 3;

/** Opens the loop proper. */
export const LOOP_OPENING: Uint8Array = Uint8Array.of(Op.loop, NO_TYPE, Op.block, NO_TYPE);

/** Goes in front of the end of a loop with calls, which buys what one more run costs. */
export function latchSnippet(additions: Additions): Snippet {
  return (
    new Assembler()
      .op(Op.br, LOOP_NESTING, Op.end)
      .spend(additions, (code) => code.weight())
      // Nothing gets here, but a loop with results would want them.
      .op(Op.br, 0, Op.end, Op.unreachable, Op.end)
      .done()
  );
}

/** What goes in front of the end of a loop without calls, around what one more turn costs. */
export interface CreditLatch {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** The local `credit` holds what is left, the one behind it what was bought last. */
export function creditLatch({ buy }: Additions, credit: number): CreditLatch {
  const bought = credit + 1;
  const head = new Assembler().op(Op.br, LOOP_NESTING, Op.end).at(Op.localGet, credit);
  const tail = new Assembler()
    .op(Op.i32Sub)
    .at(Op.localTee, credit)
    .op(Op.i32Const, 0, Op.i32GeS, Op.brIf, 0, Op.end)
    .at(Op.localGet, bought)
    .at(Op.call, buy)
    .at(Op.localTee, bought)
    .at(Op.localGet, credit)
    .op(Op.i32Add)
    .at(Op.localSet, credit)
    .op(Op.br, 0, Op.end);
  return { head: head.done().bytes, tail: tail.done().bytes };
}

/** `turn` is what one more turn costs, at most what {@link setCredit} was told. */
export function writeCreditLatch(out: ByteWriter, { head, tail }: CreditLatch, turn: number): void {
  out.copy(head);
  out.byte(Op.i32Const);
  out.s32(turn);
  out.copy(tail);
}

/** Goes to the beginning of a function with loops whose turns cost up to `turn`. The check behind it charges for `units`. */
export function setCredit(out: ByteWriter, credit: number, units: number, turn: number): void {
  // As if it had been bought: all bits are ones, and one more with each purchase.
  let bought = units;
  while (nextCredit(bought) < turn) bought = nextCredit(bought);
  new Assembler(out)
    .constant(Op.i32Const, units)
    .at(Op.localSet, credit)
    .constant(Op.i32Const, bought)
    .at(Op.localSet, credit + 1);
}

/** What is bought after so much. */
function nextCredit(bought: number): number {
  return ((bought << 1) | 1) & MAX_CREDIT;
}

/** The locals that a function with loops gets, as a group of a declaration: two of i32. */
export const CREDIT_LOCALS: Uint8Array = Uint8Array.of(2, I32);

/** Charges for the length on top of the stack, which stays there. `rate` as in a BulkWeight. */
export function chargeSnippet({ charge }: Additions, rate: number): Snippet {
  return new Assembler().constant(Op.i32Const, rate).at(Op.call, charge).done();
}

/** Charges for the locals of a function, behind its check: the next check notices. Leaves nothing on the stack. */
export function localsSnippet(additions: Additions, locals: number): Uint8Array {
  return new Assembler()
    .constant(Op.i32Const, locals)
    .splice(chargeSnippet(additions, LOCAL_RATE).bytes)
    .op(Op.drop)
    .done().bytes;
}

/** No charge is larger, so that nothing overflows: the engine can fill 4 GiB at once, the check follows behind. */
const MAX_BULK_CHARGE = 2 ** 30;

/** The bodies of the functions that are added, in the order of their indices. */
export function addedBodies(additions: Additions): readonly Uint8Array[] {
  return [askBody(additions), buyBody(additions), chargeBody(additions)];
}

/** Asks the host. Returns a positive number, or not at all. */
function askBody({ check, pause }: Additions): Uint8Array {
  return new Assembler()
    .op(1, 1, I32)
    .at(Op.call, check)
    .op(Op.localTee, 0, Op.i32Eqz, Op.if, NO_TYPE)
    .at(Op.call, pause)
    .op(Op.localSet, 0, Op.end)
    .op(Op.localGet, 0, Op.i32Const, 0, Op.i32GtS, Op.if, NO_TYPE)
    .op(Op.localGet, 0, Op.return, Op.end)
    .op(Op.unreachable, Op.end)
    .done().bytes;
}

/** Takes what comes after local 0, as {@link nextCredit} says, from the countdown, and returns it. */
function buyBody(additions: Additions): Uint8Array {
  return new Assembler()
    .op(0)
    .op(Op.localGet, 0, Op.i32Const, 1, Op.i32Shl, Op.i32Const, 1, Op.i32Or)
    .constant(Op.i32Const, MAX_CREDIT)
    .op(Op.i32And, Op.localSet, 0)
    .spend(additions, (code) => code.op(Op.localGet, 0))
    .op(Op.localGet, 0, Op.end)
    .done().bytes;
}

/** Takes local 0, unsigned, times the rate in local 1 from the countdown. */
function chargeBody(additions: Additions): Uint8Array {
  return new Assembler()
    .op(1, 1, I64)
    .op(Op.localGet, 0, Op.i64ExtendI32U, Op.localGet, 1, Op.i64ExtendI32U, Op.i64Mul)
    .constant(Op.i64Const, BULK_SCALE_BITS)
    .op(Op.i64ShrU, Op.localSet, 2)
    .constant(Op.i64Const, MAX_BULK_CHARGE)
    .op(Op.localGet, 2, Op.localGet, 2)
    .constant(Op.i64Const, MAX_BULK_CHARGE)
    .op(Op.i64GtU, Op.select, Op.i32WrapI64, Op.localSet, 1)
    .spend(additions, (code) => code.op(Op.localGet, 1))
    .op(Op.localGet, 0, Op.end)
    .done().bytes;
}
