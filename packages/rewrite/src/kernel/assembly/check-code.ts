import { ByteWriter } from "./byte-writer";
import { guest } from "./guest";
import {
  BLOCK,
  BR,
  BR_IF,
  CALL,
  DROP,
  END,
  I32_ADD,
  I32_CONST,
  I32_GE_S,
  I32_SUB,
  LOCAL_GET,
  LOCAL_SET,
  LOCAL_TEE,
  LOOP,
  NO_TYPE,
  UNREACHABLE,
} from "./inserted-opcodes";
import { Snippet, writeConstant, writeIndexed } from "./snippet";
import { I32 } from "./value-types";
import { LOCAL_RATE, MAX_CREDIT } from "./weights";

/**
 * Takes a weight from the countdown, or asks for a new one. Uses no locals. A countdown that does not suffice is left as
 * it was if asking fails, which it can where the stack ends, so that it never runs below what the host set.
 */
export const check = changetype<Snippet>(memory.data(offsetof<Snippet>()));

/** Goes in front of the end of a loop with calls, which buys what one more run costs. */
export const latch = changetype<Snippet>(memory.data(offsetof<Snippet>()));

/** To be called when it is known where everything is that is added to the guest. */
export function assembleSnippets(): void {
  check.clear();
  check.spend();
  latch.clear();
  const code = latch.code;
  closeLoopProper(code);
  latch.spend();
  // Nothing gets here, but a loop with results would want them.
  code.pair(BR, 0);
  code.pair(END, UNREACHABLE);
  code.byte(END);
}

/**
 * How many constructs are put around the block that branches to a loop lead behind:
 *
 * ```
 * block (the loop's type)
 *   loop (the loop's type)
 *     loop
 *       block: branches to the loop lead behind it
 *         block (the loop's type)
 *           what was in the loop
 *         end
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
 *
 * The innermost block is there for modules that are not valid: what a loop leaves on the stack beyond its type would be lost with
 * the branch behind it, and nobody would see what was wrong.
 */
export const LOOP_NESTING = 3;

/** How many are put inside of that one. */
export const LOOP_LINING = 1;

/** Opens a loop, whose type is from `type` to `end`. */
export function openLoop(code: ByteWriter, type: usize, end: usize): void {
  openTyped(code, BLOCK, type, end);
  openTyped(code, LOOP, type, end);
  code.pair(LOOP, NO_TYPE);
  code.pair(BLOCK, NO_TYPE);
  openTyped(code, BLOCK, type, end);
}

function openTyped(code: ByteWriter, opcode: u32, type: usize, end: usize): void {
  code.byte(opcode);
  code.copy(type, end);
}

/** Leaves the loop behind what was in it, and goes to where branches to it lead. */
function closeLoopProper(code: ByteWriter): void {
  code.byte(END);
  code.pair(BR, LOOP_NESTING);
  code.byte(END);
}

/**
 * Goes in front of the end of a loop without calls. `turn` is what one more turn costs, at most what {@link setCredit} was told. The
 * local `credit` holds what is left, the one behind it what was bought last.
 */
export function writeCreditLatch(code: ByteWriter, credit: u32, turn: u32): void {
  const bought = credit + 1;
  closeLoopProper(code);
  writeIndexed(code, LOCAL_GET, credit);
  writeConstant(code, I32_CONST, turn);
  code.byte(I32_SUB);
  writeIndexed(code, LOCAL_TEE, credit);
  code.pair(I32_CONST, 0);
  code.byte(I32_GE_S);
  code.pair(BR_IF, 0);
  code.byte(END);
  writeIndexed(code, LOCAL_GET, bought);
  writeIndexed(code, CALL, guest.buy);
  writeIndexed(code, LOCAL_TEE, bought);
  writeIndexed(code, LOCAL_GET, credit);
  code.byte(I32_ADD);
  writeIndexed(code, LOCAL_SET, credit);
  code.pair(BR, 0);
  code.byte(END);
}

/** Goes to the beginning of a function with loops whose turns cost up to `turn`. The check behind it charges for `units`. */
export function setCredit(code: ByteWriter, credit: u32, units: u32, turn: u32): void {
  // As if it had been bought: all bits are ones, and one more with each purchase.
  let bought = units;
  while (nextCredit(bought) < turn) bought = nextCredit(bought);
  writeConstant(code, I32_CONST, units);
  writeIndexed(code, LOCAL_SET, credit);
  writeConstant(code, I32_CONST, bought);
  writeIndexed(code, LOCAL_SET, credit + 1);
}

/** What is bought after so much. */
function nextCredit(bought: u32): u32 {
  return ((bought << 1) | 1) & MAX_CREDIT;
}

/** The locals that a function with loops gets, as a group of a declaration: two of i32. */
export function declareCredit(declarations: ByteWriter): void {
  declarations.pair(2, I32);
}

/** Charges for the length on top of the stack, which stays there. `rate` as {@link rateOf} gives it. */
export function chargeLength(code: ByteWriter, rate: u32): void {
  writeConstant(code, I32_CONST, rate);
  writeIndexed(code, CALL, guest.charge);
}

/** Charges for the locals of a function, behind its check: the next check notices. Leaves nothing on the stack. */
export function chargeLocals(code: ByteWriter, locals: u32): void {
  writeConstant(code, I32_CONST, locals);
  chargeLength(code, LOCAL_RATE);
  code.byte(DROP);
}
