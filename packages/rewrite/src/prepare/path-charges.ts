import { Structure } from "../instructions.js";
import { RecordStack } from "./record-stack.js";
import { MAX_PATH_WEIGHT } from "./weights.js";

/** The weight of a path that nothing takes: behind a branch, for instance. */
const DEAD = -1;

/** Fields of a region. */
const Region = {
  /** Where its check is. */
  at: 0,
  /** The weight, in the region around it, of the heaviest path to its beginning. */
  outside: 1,
  /** The weight of the heaviest path in it so far. */
  heaviest: 2,
  /** What its first instruction costs beyond what counts as a path's weight. */
  extra: 3,
} as const;

/** Fields of a construct. */
const Construct = {
  /** The opcode that opened it, or the arm of it that we are in. */
  kind: 0,
  /** The region that it was opened in. */
  region: 1,
  /** The weight with which it was opened, in that region. */
  before: 2,
  /** The weight of the heaviest path so far that branches to it, in that region. */
  branched: 3,
  /** 1 if an exception can lead to it, as a branch does. */
  caught: 4,
} as const;

/** Is told the charge of each check, by where it is. */
type Settle = (at: number, charge: number) => void;

/**
 * Decides what each check of a function charges.
 *
 * A check pays for a region: the code that is run behind it and before the next check. A region begins with the
 * function, and wherever a path grows too heavy. It lasts until the end of the construct that it began in: however that
 * is left, what is behind it has been paid for by the region around. The charge is the weight of the heaviest path through
 * the region, with each loop in it run once.
 *
 * A branch forward carries its weight to the end of its target. A branch backward pays for one more run of its loop: for
 * the heaviest path from the loop's beginning to such a branch. Exceptions come from anywhere, so a handler is taken to
 * be reached by the heaviest path so far. So what was charged is at no time less than what was run.
 */
export class PathCharges {
  readonly #settle: Settle;
  /** Open regions, the current one last. */
  readonly #regions = new RecordStack(4);
  /** Open constructs, the innermost one last. The first is the function. */
  readonly #constructs = new RecordStack(5);
  /** The weight of the heaviest path from the check of the current region to here. */
  #weight = 0;

  constructor(settle: Settle) {
    this.#settle = settle;
  }

  /** Begins with a function, whose check is `at` some place. */
  enter(at: number): void {
    this.#regions.clear();
    this.#constructs.clear();
    this.#weight = 0;
    this.startRegion(at);
    this.open(Structure.block);
  }

  /** How many instructions of weight 1 need no check in front of any of them. */
  get room(): number {
    return this.#weight === DEAD ? Number.POSITIVE_INFINITY : MAX_PATH_WEIGHT - this.#weight;
  }

  /** Whether an instruction of this weight needs a check right in front of it, where {@link startRegion} is called. */
  needsCheck(weight: number): boolean {
    return this.#weight > 0 && this.#weight + weight > MAX_PATH_WEIGHT;
  }

  /** Begins a region, with a check that is `at` some place. */
  startRegion(at: number): void {
    const last = this.#regions.push();
    const { values } = this.#regions;
    values[last + Region.at] = at;
    values[last + Region.outside] = this.#weight;
    values[last + Region.heaviest] = 0;
    values[last + Region.extra] = 0;
    this.#weight = 0;
  }

  /** Adds an instruction, in front of which there is a check if it {@link needsCheck}. */
  add(weight: number): void {
    const before = this.#weight;
    if (before === DEAD) return;
    const { values, last } = this.#regions;
    let after = before + weight;
    if (weight > MAX_PATH_WEIGHT) {
      // The first of its region. Were it counted as part of the path, the next instruction would need a check again.
      values[last + Region.extra] = weight - 1;
      after = before + 1;
    }
    this.#weight = after;
    if (after > (values[last + Region.heaviest] as number)) values[last + Region.heaviest] = after;
  }

  /** A construct is opened, by an instruction that was added. */
  open(kind: number): void {
    const last = this.#constructs.push();
    const { values } = this.#constructs;
    values[last + Construct.kind] = kind;
    values[last + Construct.region] = this.#regions.length - 1;
    values[last + Construct.before] = this.#weight;
    values[last + Construct.branched] = DEAD;
    values[last + Construct.caught] = 0;
  }

  /** The innermost construct goes on with `else`, `catch` or `catch_all`. */
  nextArm(kind: number): void {
    this.branch(this.#constructs.length - 1);
    const { values, last } = this.#constructs;
    this.#endRegions(values[last + Construct.region] as number);
    const before = values[last + Construct.before] as number;
    const handler = kind !== Structure.else && before !== DEAD;
    this.#weight = handler ? this.#heaviest : before;
    values[last + Construct.kind] = kind;
  }

  /** What a branch to the innermost construct, a loop, has to pay. Complete when it is about to be closed. */
  get iteration(): number {
    const { values, last } = this.#constructs;
    const region = this.#regions.at(values[last + Construct.region] as number);
    const heaviest =
      values[last + Construct.caught] === 1
        ? (this.#regions.values[region + Region.heaviest] as number)
        : (values[last + Construct.branched] as number);
    return Math.max(0, heaviest - (values[last + Construct.before] as number));
  }

  /** The innermost construct is closed. With the function itself, all is settled. */
  close(): void {
    const constructs = this.#constructs;
    const { values, last } = constructs;
    const kind = values[last + Construct.kind] as number;
    const region = values[last + Construct.region] as number;
    let weight = this.#weightIn(region);
    this.#endRegions(region);
    if (kind !== Structure.loop) {
      weight = Math.max(weight, values[last + Construct.branched] as number);
      if (values[last + Construct.caught] === 1) weight = this.#heaviest;
    }
    // Without an else, the condition alone leads behind it.
    if (kind === Structure.if) weight = Math.max(weight, values[last + Construct.before] as number);
    this.#weight = weight;
    constructs.pop();
    if (last === 0) this.#endRegion();
  }

  /** A branch to the construct number `target`, counted from the function, which is 0. */
  branch(target: number): void {
    const { values } = this.#constructs;
    const at = this.#constructs.at(target);
    const weight = this.#weightIn(values[at + Construct.region] as number);
    if (weight > (values[at + Construct.branched] as number)) values[at + Construct.branched] = weight;
  }

  /** An exception, thrown anywhere in what follows, that leads to the construct number `target`. */
  catchTo(target: number): void {
    this.#constructs.values[this.#constructs.at(target) + Construct.caught] = 1;
  }

  /** What follows is not run, up to where a construct is closed or goes on. */
  leave(): void {
    this.#weight = DEAD;
  }

  /** The weight of the heaviest path in the current region so far. */
  get #heaviest(): number {
    return this.#regions.values[this.#regions.last + Region.heaviest] as number;
  }

  /** The weight of the heaviest path to here in an outer region: where the region inside it began, if there is one. */
  #weightIn(region: number): number {
    const regions = this.#regions;
    const at = regions.at(region);
    if (this.#weight === DEAD || at === regions.last) return this.#weight;
    return regions.values[regions.at(region + 1) + Region.outside] as number;
  }

  /** Ends the regions inside of another. */
  #endRegions(region: number): void {
    const outer = this.#regions.at(region);
    while (this.#regions.last > outer) this.#endRegion();
  }

  #endRegion(): void {
    const { values, last } = this.#regions;
    this.#settle(
      values[last + Region.at] as number,
      (values[last + Region.heaviest] as number) + (values[last + Region.extra] as number),
    );
    this.#regions.pop();
  }
}
