import { exchange } from "./exchange";
import { FunctionWriter } from "./function-writer";
import { allocate, reallocate } from "./heap";
import { Construct, CONSTRUCT_BYTES, Region, REGION_BYTES, TURNS_WITHOUT_CALLS } from "./path-records";
import { BLOCK, ELSE, IF, LOOP } from "./structure";
import { MAX_PATH_WEIGHT } from "./weights";

/** The weight of a path that nothing takes: behind a branch, for instance. */
export const DEAD = -1;

/** Records that there is room for at first. */
const ROOM: usize = 64;

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
@unmanaged
export class PathCharges {
  /** The weight of the heaviest path from the check of the current region to here, or {@link DEAD}. */
  weight: i32;
  /** How many constructs are open. */
  length: u32;
  /** Is told the charge of each check. */
  private writer: FunctionWriter;
  private constructs: usize;
  /** How many there is room for. */
  private room: u32;
  private regions: usize;
  private regionRoom: usize;
  /** The current one. */
  private region: usize;

  static create(writer: FunctionWriter): PathCharges {
    const paths = changetype<PathCharges>(allocate(offsetof<PathCharges>()));
    paths.writer = writer;
    paths.constructs = allocate(ROOM * CONSTRUCT_BYTES);
    paths.room = <u32>ROOM;
    paths.regions = allocate(ROOM * REGION_BYTES);
    paths.regionRoom = ROOM * REGION_BYTES;
    return paths;
  }

  /** Begins with a function, whose instructions begin at `start` and whose check is `at` some place. */
  enter(start: usize, at: u32): void {
    this.length = 0;
    this.weight = 0;
    this.beginRegion(0, at);
    this.open(BLOCK, start);
  }

  /** The open construct number `target`, counted from the function, which is 0. */
  // @ts-ignore: decorator
  @inline
  construct(target: u32): Construct {
    return changetype<Construct>(this.constructs + <usize>target * CONSTRUCT_BYTES);
  }

  /** The innermost construct. */
  // @ts-ignore: decorator
  @inline
  get last(): Construct {
    return this.construct(this.length - 1);
  }

  /** How many constructs were added around the innermost one. */
  get added(): u32 {
    return this.length == 1 ? 0 : this.last.number - this.innermost(this.length - 2) - 1;
  }

  /** The label that leads to construct number `target`, past those that were added. */
  label(target: u32): u32 {
    return this.innermost(this.length - 1) - this.construct(target).number;
  }

  /** Whether construct number `target` is open, and is the one that was opened by the instruction at `start`. */
  isOpen(target: u32, start: usize): bool {
    return target < this.length && this.construct(target).start == start;
  }

  /** Begins a region, with a check that is `at` some place. */
  startRegion(at: u32): void {
    this.notePeak();
    this.beginRegion(this.region + REGION_BYTES, at);
  }

  /** Adds an instruction. False, and it is not added, if it needs a check right in front of it: {@link startRegion}. */
  // @ts-ignore: decorator
  @inline
  add(weight: i32): bool {
    const before = this.weight;
    if (before == DEAD) return true;
    if (before + weight <= MAX_PATH_WEIGHT) {
      this.weight = before + weight;
      return true;
    }
    if (before > 0) return false;
    // The first of its region. Were it counted as part of the path, the next instruction would need a check again.
    this.regionAt(this.region).extra = weight - 1;
    this.weight = 1;
    return true;
  }

  /** The number of what is directly around the code in a construct. */
  private innermost(target: u32): u32 {
    const construct = this.construct(target);
    return construct.number + construct.lining;
  }

  /** A construct is opened by an instruction at `start` that was added, with `added` others around it and `lining` inside. */
  open(kind: u32, start: usize, added: u32 = 0, lining: u32 = 0): Construct {
    if (this.length == this.room) this.growConstructs();
    const number = this.length == 0 ? 0 : this.innermost(this.length - 1) + 1;
    this.length++;
    exchange.nesting = max(exchange.nesting, this.length);
    const last = this.last;
    last.kind = kind;
    last.start = start;
    last.number = number + added;
    last.lining = lining;
    last.calls = TURNS_WITHOUT_CALLS;
    last.region = this.region;
    last.before = this.weight;
    last.branched = DEAD;
    last.caught = false;
    return last;
  }

  /** The innermost construct goes on with `else`, `catch` or `catch_all`. */
  nextArm(kind: u32): void {
    const last = this.last;
    this.notePeak();
    last.branched = max(last.branched, this.weightIn(last.region));
    this.endRegions(last.region);
    this.weight = kind == ELSE || last.before == DEAD ? last.before : this.regionAt(this.region).heaviest;
    last.kind = kind;
  }

  /** What a branch to the innermost construct, a loop, has to pay. Complete when it is about to be closed. */
  get iteration(): i32 {
    const last = this.last;
    let heaviest = last.branched;
    if (last.caught) {
      this.notePeak();
      heaviest = this.regionAt(last.region).heaviest;
    }
    return max(0, heaviest - last.before);
  }

  /** The innermost construct is closed. With the function itself, all is settled. */
  close(): void {
    const last = this.last;
    if (last.region != this.region) {
      this.notePeak();
      const weight = this.weightIn(last.region);
      this.endRegions(last.region);
      this.weight = weight;
    }
    let weight = this.weight;
    if (last.kind != LOOP) {
      weight = max(weight, last.branched);
      if (last.caught) {
        this.notePeak();
        weight = this.regionAt(this.region).heaviest;
      }
    }
    // Without an else, the condition alone leads behind it.
    if (last.kind == IF) weight = max(weight, last.before);
    this.weight = weight;
    this.length--;
    if (this.length == 0) {
      this.notePeak();
      this.settle();
    }
  }

  /** A branch to the construct number `target`. */
  branch(target: u32): void {
    const construct = this.construct(target);
    construct.branched = max(construct.branched, this.weightIn(construct.region));
  }

  /** An exception, thrown anywhere in what follows, that leads to the construct number `target`. */
  catchTo(target: u32): void {
    this.construct(target).caught = true;
  }

  /** What follows is not run, up to where a construct is closed or goes on. */
  leave(): void {
    this.notePeak();
    this.weight = DEAD;
  }

  /** Has to be done before the weight becomes less. */
  private notePeak(): void {
    const region = this.regionAt(this.region);
    region.heaviest = max(region.heaviest, this.weight);
  }

  /** The weight of the heaviest path to here in an outer region: where the region inside it began, if there is one. */
  private weightIn(region: usize): i32 {
    if (this.weight == DEAD || region == this.region) return this.weight;
    return this.regionAt(region + REGION_BYTES).outside;
  }

  // @ts-ignore: decorator
  @inline
  private regionAt(region: usize): Region {
    return changetype<Region>(this.regions + region);
  }

  private beginRegion(region: usize, at: u32): void {
    if (region == this.regionRoom) this.growRegions();
    const record = this.regionAt(region);
    record.at = at;
    record.outside = this.weight;
    record.heaviest = 0;
    record.extra = 0;
    this.region = region;
    this.weight = 0;
  }

  /** Ends the regions inside of another. */
  private endRegions(region: usize): void {
    while (this.region > region) {
      this.settle();
      this.region -= REGION_BYTES;
    }
  }

  /** The current region is over. */
  private settle(): void {
    const region = this.regionAt(this.region);
    this.writer.settle(region.at, region.heaviest + region.extra);
  }

  private growConstructs(): void {
    const bytes = <u64>this.room * CONSTRUCT_BYTES;
    this.constructs = reallocate(this.constructs, bytes, 2 * bytes);
    this.room *= 2;
  }

  private growRegions(): void {
    this.regions = reallocate(this.regions, this.regionRoom, 2 * <u64>this.regionRoom);
    this.regionRoom *= 2;
  }
}
