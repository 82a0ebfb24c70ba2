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

  /** Whether an instruction of this weight needs a check right in front of it, where {@link startRegion} is called. */
  needsCheck(weight: number): boolean {
    return this.#weight > 0 && this.#weight + weight > MAX_PATH_WEIGHT;
  }

  /** Begins a region, with a check that is `at` some place. */
  startRegion(at: number): void {
    this.#regions.push();
    this.#regions.setTop(Region.at, at);
    this.#regions.setTop(Region.outside, this.#weight);
    this.#weight = 0;
  }

  /** Adds an instruction, in front of which there is a check if it {@link needsCheck}. */
  add(weight: number): void {
    if (this.#weight === DEAD) return;
    if (weight > MAX_PATH_WEIGHT) {
      // The first of its region. Were it counted as part of the path, the next instruction would need a check again.
      this.#regions.setTop(Region.extra, weight - 1);
      this.#weight += 1;
    } else {
      this.#weight += weight;
    }
    if (this.#weight > this.#regions.top(Region.heaviest))
      this.#regions.setTop(Region.heaviest, this.#weight);
  }

  /** A construct is opened, by an instruction that was added. */
  open(kind: number): void {
    this.#constructs.push();
    this.#constructs.setTop(Construct.kind, kind);
    this.#constructs.setTop(Construct.region, this.#regions.length - 1);
    this.#constructs.setTop(Construct.before, this.#weight);
    this.#constructs.setTop(Construct.branched, DEAD);
  }

  /** The innermost construct goes on with `else`, `catch` or `catch_all`. */
  nextArm(kind: number): void {
    this.branch(this.#constructs.length - 1);
    this.#endRegions();
    const before = this.#constructs.top(Construct.before);
    const handler = kind !== Structure.else && before !== DEAD;
    this.#weight = handler ? this.#regions.top(Region.heaviest) : before;
    this.#constructs.setTop(Construct.kind, kind);
  }

  /** What a branch to the innermost construct, a loop, has to pay. Complete when it is about to be closed. */
  get iteration(): number {
    const constructs = this.#constructs;
    const caught = constructs.top(Construct.caught) === 1;
    const region = constructs.top(Construct.region);
    const last = caught ? this.#regions.get(region, Region.heaviest) : constructs.top(Construct.branched);
    return Math.max(0, last - constructs.top(Construct.before));
  }

  /** The innermost construct is closed. With the function itself, all is settled. */
  close(): void {
    const constructs = this.#constructs;
    const kind = constructs.top(Construct.kind);
    let weight = this.#weightIn(constructs.top(Construct.region));
    this.#endRegions();
    if (kind !== Structure.loop) {
      weight = Math.max(weight, constructs.top(Construct.branched));
      if (constructs.top(Construct.caught) === 1) weight = this.#regions.top(Region.heaviest);
    }
    // Without an else, the condition alone leads behind it.
    if (kind === Structure.if) weight = Math.max(weight, constructs.top(Construct.before));
    this.#weight = weight;
    constructs.pop();
    if (constructs.length === 0) this.#endRegion();
  }

  /** A branch to the construct number `target`, counted from the function, which is 0. */
  branch(target: number): void {
    const weight = this.#weightIn(this.#constructs.get(target, Construct.region));
    if (weight > this.#constructs.get(target, Construct.branched)) {
      this.#constructs.set(target, Construct.branched, weight);
    }
  }

  /** An exception, thrown anywhere in what follows, that leads to the construct number `target`. */
  catchTo(target: number): void {
    this.#constructs.set(target, Construct.caught, 1);
  }

  /** What follows is not run, up to where a construct is closed or goes on. */
  leave(): void {
    this.#weight = DEAD;
  }

  /** The weight of the heaviest path to here in an outer region: where the region inside it began, if there is one. */
  #weightIn(region: number): number {
    if (this.#weight === DEAD || region === this.#regions.length - 1) return this.#weight;
    return this.#regions.get(region + 1, Region.outside);
  }

  /** Ends the regions that began in the innermost construct. */
  #endRegions(): void {
    const last = this.#constructs.top(Construct.region);
    while (this.#regions.length - 1 > last) this.#endRegion();
  }

  #endRegion(): void {
    const regions = this.#regions;
    this.#settle(regions.top(Region.at), regions.top(Region.heaviest) + regions.top(Region.extra));
    regions.pop();
  }
}
