import { RecordStack } from "./record-stack.js";

// Fields of a construct.

/** The opcode that opened it, or the arm of it that we are in: one of `Structure`. */
export const KIND = 0;
/** Where the instruction is that opened it. */
export const START = 1;
/** Its number among all constructs, those included that are added around loops. */
export const NUMBER = 2;
/** Of a loop: see {@link TURNS_WITHOUT_CALLS}. */
export const CALLS = 3;
/** The region that it was opened in: see PathCharges, as for what follows. */
export const REGION = 4;
/** The weight with which it was opened, in that region. */
export const BEFORE = 5;
/** The weight of the heaviest path so far that branches to it, in that region. */
export const BRANCHED = 6;
/** 1 if an exception can lead to it, as a branch does. */
export const CAUGHT = 7;

/** How many fields there are. */
export const FIELDS = 8;

/** In the field {@link CALLS} of loops that can turn without a call. Of others, how many calls there were when they began. */
export const TURNS_WITHOUT_CALLS = -1;

/** The open constructs of a function, which is itself the first of them, and how they are numbered with those that are added. */
export class Constructs extends RecordStack {
  constructor() {
    super(FIELDS);
  }

  /** What the innermost one is: its field {@link KIND}. */
  get kind(): number {
    return this.values[this.last + KIND] as number;
  }

  /** How many constructs were added around the innermost one. */
  get added(): number {
    const { values, last } = this;
    return (
      (values[last + NUMBER] as number) - (last === 0 ? 0 : (values[last - FIELDS + NUMBER] as number) + 1)
    );
  }

  /** Whether construct number `target` is open, and is the one that was opened by the instruction at `start`. */
  isOpen(target: number, start: number): boolean {
    return target < this.length && this.values[target * FIELDS + START] === start;
  }

  /** The label that leads to construct number `target`, past those that were added. */
  label(target: number): number {
    return (this.values[this.last + NUMBER] as number) - (this.values[target * FIELDS + NUMBER] as number);
  }
}
