/** In {@link Construct.calls}: the loop can turn without a call. */
export const TURNS_WITHOUT_CALLS = -1;

/** An open construct. The function is itself the first of them. */
@unmanaged
export class Construct {
  /** The opcode that opened it, or the arm of it that we are in. */
  kind: u32;
  /** Where the instruction is that opened it. */
  start: usize;
  /** Its number among all constructs, those included that are added to loops: of what branches to it lead to. */
  number: u32;
  /** How many were added inside of that. */
  lining: u32;
  /** Of a loop: how many calls there were when it began, or {@link TURNS_WITHOUT_CALLS}. */
  calls: i32;
  /** The {@link Region} that it was opened in, as for what follows. */
  region: usize;
  /** The weight with which it was opened, in that region. */
  before: i32;
  /** The weight of the heaviest path so far that branches to it, in that region. */
  branched: i32;
  /** Whether an exception can lead to it, as a branch does. */
  caught: bool;
}

export const CONSTRUCT_BYTES = offsetof<Construct>();

/** What a check pays for. Regions are known by their place among the open ones, in bytes, because their records move. */
@unmanaged
export class Region {
  /** Where its check is. */
  at: u32;
  /** The weight, in the region around it, of the heaviest path to its beginning. */
  outside: i32;
  /** The weight of the heaviest path in it, up to where that last grew lighter. */
  heaviest: i32;
  /** What its first instruction costs beyond what counts as a path's weight. */
  extra: i32;
}

export const REGION_BYTES = offsetof<Region>();
