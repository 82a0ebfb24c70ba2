import { BinaryReader } from "./binary-reader";
import { source } from "./exchange";
import { allocate } from "./heap";
import { PathCharges } from "./path-charges";

const BLOCK = 0x02;
const NO_TYPE = 0x40;
/** What a block without a type has at its beginning: its opcode and that. */
const BLOCK_BYTES = 2;
const BR_TABLE = 0x0e;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;

/** Returned in the place of a target. */
export const NO_TARGET = -1;

/**
 * Follows a loop that begins with a table of the places to go on at, as in all but the smallest functions of Go:
 *
 * ```
 * loop $again
 *   block $b
 *     block $a
 *       local.get $place
 *       br_table $a $b
 *     end
 *     …
 *     i32.const 1
 *     local.set $place
 *     br $again
 *   end
 *   …
 * end
 * ```
 *
 * There the branch leads to the end of $b, and as $b is still open it may say so. Then it leads forward: it is no further
 * turn of the loop, and needs no payment of one. Most branches of such code do. The first such loop of a function is
 * followed, and the next one behind it.
 */
@unmanaged
export class JumpTable {
  private paths: PathCharges;
  private cursor: BinaryReader;
  /** The number of the loop among the open constructs, and where it begins. 0 as long as there was none. */
  private loop: i32;
  private start: usize;
  /** Where the first of the blocks begins that the table stands in, and how many there are. */
  private firstBlock: usize;
  private blocks: i32;
  /** The local that says where to go on. */
  private place: u32;
  /** By the value of that local, the numbers of the constructs to leave, the last one for all other values. */
  private targets: usize;
  private targetCount: u32;
  private room: u32;

  static create(paths: PathCharges): JumpTable {
    const table = changetype<JumpTable>(allocate(offsetof<JumpTable>()));
    table.paths = paths;
    table.cursor = BinaryReader.create(source.start, source.end);
    table.room = 0;
    return table;
  }

  /** To be called at the beginning of each function. */
  clear(): void {
    this.start = 0;
  }

  /** A loop without parameters, number `loop` among the open constructs, begins at `start` and contains what is at `inside`. */
  open(loop: u32, start: usize, inside: usize): void {
    if (this.isOpen) return;
    const cursor = this.cursor;
    cursor.at = inside;
    let blocks = 0;
    while (this.passes(BLOCK) && this.passes(NO_TYPE)) blocks++;
    if (blocks == 0 || !this.passes(LOCAL_GET)) return;
    this.place = cursor.u32("a local index");
    if (!this.passes(BR_TABLE)) return;
    const count = cursor.count("labels") + 1;
    if (count > this.room) {
      this.room = 2 * count;
      this.targets = allocate((<u64>this.room) << 2);
    }
    for (let i: u32 = 0; i < count; i++) {
      store<i32>(this.targets + (i << 2), loop + blocks - cursor.u32("a label"));
    }
    this.targetCount = count;
    this.loop = loop;
    this.start = start;
    this.firstBlock = inside;
    this.blocks = blocks;
  }

  /**
   * The open construct that the `br` at `at`, which names the construct `named`, leads to by way of the table. The value of
   * the last i32.const in front of it is at `constant`. {@link NO_TARGET} if it does not.
   */
  targetOf(at: usize, named: i32, constant: usize): i32 {
    if (constant == 0 || named != this.loop || !this.isOpen) return NO_TARGET;
    const cursor = this.cursor;
    cursor.at = constant;
    const value = <u32>cursor.s32("a constant");
    if (!this.passes(LOCAL_SET) || cursor.u32("a local index") != this.place) return NO_TARGET;
    if (cursor.at != at) return NO_TARGET;
    const target = load<i32>(this.targets + (min(value, this.targetCount - 1) << 2));
    return (target >= 0 && target <= this.loop) || this.isBlockOpen(target) ? target : NO_TARGET;
  }

  /** Whether a loop is being followed. */
  private get isOpen(): bool {
    return this.start != 0 && this.paths.isOpen(this.loop, this.start);
  }

  /** Whether the construct number `target`, in the loop, is open and one of those that the table stands in. */
  private isBlockOpen(target: i32): bool {
    const block = target - this.loop - 1;
    return block >= 0 && block < this.blocks && this.paths.isOpen(target, this.firstBlock + BLOCK_BYTES * block);
  }

  private passes(byte: i32): bool {
    if (this.cursor.peek() != byte) return false;
    this.cursor.at++;
    return true;
  }
}
