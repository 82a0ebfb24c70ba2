import { Structure } from "../instructions.js";
import { BEFORE, BRANCHED, CAUGHT, Constructs, FIELDS, KIND, NUMBER, REGION, START } from "./constructs.js";
import { RecordStack } from "./record-stack.js";
import { MAX_PATH_WEIGHT } from "./weights.js";

const { block: BLOCK, loop: LOOP, if: IF, else: ELSE } = Structure;

/** The weight of a path that nothing takes: behind a branch, for instance. */
export const DEAD = -1;

// Fields of a region.

/** Where its check is. */
const AT = 0;
/** The weight, in the region around it, of the heaviest path to its beginning. */
const OUTSIDE = 1;
/** The weight of the heaviest path in it, up to where that last grew lighter. */
const HEAVIEST = 2;
/** What its first instruction costs beyond what counts as a path's weight. */
const EXTRA = 3;

const REGION_FIELDS = 4;

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
export class PathCharges extends Constructs {
  /** The weight of the heaviest path from the check of the current region to here, or {@link DEAD}. */
  weight = 0;
  // Not private names: reading one costs twice as much as long as nothing is compiled.
  /** Open regions, the current one last. */
  private readonly regions = new RecordStack(REGION_FIELDS);
  /** Where the record of the current one begins. */
  private region = 0;
  private readonly settle: Settle;

  constructor(settle: Settle) {
    super();
    this.settle = settle;
  }

  /** Begins with a function, whose instructions begin at `start` and whose check is `at` some place. */
  enter(start: number, at: number): void {
    this.regions.clear();
    this.clear();
    this.weight = 0;
    this.#openRegion(at);
    this.open(BLOCK, start);
  }

  /** Begins a region, with a check that is `at` some place. */
  startRegion(at: number): void {
    this.#notePeak();
    this.#openRegion(at);
  }

  /** Adds an instruction. False, and it is not added, if it needs a check right in front of it: {@link startRegion}. */
  add(weight: number): boolean {
    const before = this.weight;
    if (before === DEAD) return true;
    if (before + weight <= MAX_PATH_WEIGHT) {
      this.weight = before + weight;
      return true;
    }
    if (before > 0) return false;
    // The first of its region. Were it counted as part of the path, the next instruction would need a check again.
    this.regions.values[this.region + EXTRA] = weight - 1;
    this.weight = 1;
    return true;
  }

  /** A construct is opened by an instruction at `start` that was added, inside of `added` others. Returns its record. */
  open(kind: number, start: number, added = 0): number {
    const last = this.push();
    const { values } = this;
    values[last + KIND] = kind;
    values[last + START] = start;
    values[last + NUMBER] = added + (last === 0 ? 0 : (values[last - FIELDS + NUMBER] as number) + 1);
    values[last + REGION] = this.region;
    values[last + BEFORE] = this.weight;
    values[last + BRANCHED] = DEAD;
    values[last + CAUGHT] = 0;
    return last;
  }

  /** The innermost construct goes on with `else`, `catch` or `catch_all`. */
  nextArm(kind: number): void {
    const { values, last } = this;
    const region = values[last + REGION] as number;
    this.#notePeak();
    const weight = this.#weightIn(region);
    if (weight > (values[last + BRANCHED] as number)) values[last + BRANCHED] = weight;
    if (region !== this.region) this.#endRegions(region);
    const before = values[last + BEFORE] as number;
    this.weight = kind === ELSE || before === DEAD ? before : this.#heaviest;
    values[last + KIND] = kind;
  }

  /** What a branch to the innermost construct, a loop, has to pay. Complete when it is about to be closed. */
  get iteration(): number {
    const { values, last } = this;
    let heaviest = values[last + BRANCHED] as number;
    if (values[last + CAUGHT] === 1) {
      this.#notePeak();
      heaviest = this.regions.values[(values[last + REGION] as number) + HEAVIEST] as number;
    }
    return Math.max(0, heaviest - (values[last + BEFORE] as number));
  }

  /** The innermost construct is closed. With the function itself, all is settled. */
  close(): void {
    const { values, last } = this;
    const kind = values[last + KIND] as number;
    const region = values[last + REGION] as number;
    let weight = this.weight;
    if (region !== this.region) {
      this.#notePeak();
      weight = this.#weightIn(region);
      this.#endRegions(region);
      this.weight = weight;
    }
    if (kind !== LOOP) {
      const branched = values[last + BRANCHED] as number;
      if (branched > weight) weight = branched;
      if (values[last + CAUGHT] === 1) {
        this.#notePeak();
        weight = this.#heaviest;
      }
    }
    // Without an else, the condition alone leads behind it.
    if (kind === IF && (values[last + BEFORE] as number) > weight) weight = values[last + BEFORE] as number;
    this.weight = weight;
    this.last = last - FIELDS;
    if (last === 0) {
      this.#notePeak();
      this.#endRegion();
    }
  }

  /** A branch to the construct number `target`, counted from the function, which is 0. */
  branch(target: number): void {
    const { values } = this;
    const at = target * FIELDS;
    const weight = this.#weightIn(values[at + REGION] as number);
    if (weight > (values[at + BRANCHED] as number)) values[at + BRANCHED] = weight;
  }

  /** An exception, thrown anywhere in what follows, that leads to the construct number `target`. */
  catchTo(target: number): void {
    this.values[target * FIELDS + CAUGHT] = 1;
  }

  /** What follows is not run, up to where a construct is closed or goes on. */
  leave(): void {
    this.#notePeak();
    this.weight = DEAD;
  }

  /** Has to be done before the weight becomes less. */
  #notePeak(): void {
    const { values } = this.regions;
    const heaviest = this.region + HEAVIEST;
    if (this.weight > (values[heaviest] as number)) values[heaviest] = this.weight;
  }

  /** The weight of the heaviest path in the current region, which is noted. */
  get #heaviest(): number {
    return this.regions.values[this.region + HEAVIEST] as number;
  }

  /** The weight of the heaviest path to here in an outer region: where the region inside it began, if there is one. */
  #weightIn(region: number): number {
    if (this.weight === DEAD || region === this.region) return this.weight;
    return this.regions.values[region + REGION_FIELDS + OUTSIDE] as number;
  }

  #openRegion(at: number): void {
    const { regions } = this;
    const last = regions.push();
    const { values } = regions;
    values[last + AT] = at;
    values[last + OUTSIDE] = this.weight;
    values[last + HEAVIEST] = 0;
    values[last + EXTRA] = 0;
    this.region = last;
    this.weight = 0;
  }

  /** Ends the regions inside of another. */
  #endRegions(region: number): void {
    while (this.region > region) this.#endRegion();
  }

  #endRegion(): void {
    const { values, last } = this.regions;
    this.settle(
      values[last + AT] as number,
      (values[last + HEAVIEST] as number) + (values[last + EXTRA] as number),
    );
    this.regions.pop();
    this.region = this.regions.last;
  }
}
