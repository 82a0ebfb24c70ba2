import { BinaryReader } from "../binary-reader.js";

const BLOCK = 0x02;
const NO_TYPE = 0x40;
const BR = 0x0c;
const BR_TABLE = 0x0e;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;

/** No construct. */
const NONE = -1;

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
export class JumpTable {
  readonly #cursor: BinaryReader;
  /** The number of the loop among the open constructs, or none. */
  #loop = NONE;
  /** How many of the blocks that the table stands in are open still. */
  #blocks = 0;
  /** The local that says where to go on. */
  #place = 0;
  /** By the value of that local, the numbers of the constructs to leave, the last one for all other values. */
  readonly #targets: number[] = [];
  /** Where the last branch is that comes right behind a constant for the local, and which construct that stands for. */
  #branch = NONE;
  #target = NONE;

  constructor(bytes: Uint8Array) {
    this.#cursor = new BinaryReader(bytes, "the code section");
  }

  /** Whether a loop is being followed. */
  get isOpen(): boolean {
    return this.#loop !== NONE;
  }

  clear(): void {
    this.#loop = NONE;
    this.#branch = NONE;
  }

  /** A loop without parameters, number `loop` among the open constructs, contains what begins at `offset`. */
  open(loop: number, offset: number): void {
    if (this.isOpen) return;
    const cursor = this.#cursor;
    cursor.offset = offset;
    let blocks = 0;
    while (this.#passes(BLOCK) && this.#passes(NO_TYPE)) blocks++;
    if (blocks === 0 || !this.#passes(LOCAL_GET)) return;
    this.#place = cursor.u32("a local index");
    if (!this.#passes(BR_TABLE)) return;
    this.#targets.length = 0;
    for (let left = cursor.count("labels"); left >= 0; left--) {
      this.#targets.push(loop + blocks - cursor.u32("a label"));
    }
    this.#loop = loop;
    this.#blocks = blocks;
  }

  /** A construct was closed, and `depth` are still open. */
  close(depth: number): void {
    if (!this.isOpen) return;
    this.#blocks = Math.min(this.#blocks, depth - this.#loop - 1);
    if (this.#blocks < 0) this.clear();
  }

  /** There is an i32.const whose value is at `offset`. To be called while {@link isOpen}. */
  constant(offset: number): void {
    const cursor = this.#cursor;
    cursor.offset = offset;
    const value = cursor.s32("a constant");
    if (!this.#passes(LOCAL_SET) || cursor.u32("a local index") !== this.#place) return;
    if (cursor.peek() !== BR) return;
    this.#branch = cursor.offset;
    this.#target = this.#targets[Math.min(value >>> 0, this.#targets.length - 1)] as number;
  }

  /** The open construct that the `br` at `offset` leads to by way of the table, while it names the construct `named`. */
  targetOf(offset: number, named: number): number | undefined {
    const target = this.#target;
    if (offset !== this.#branch || named !== this.#loop) return undefined;
    return target <= this.#loop + this.#blocks ? target : undefined;
  }

  #passes(byte: number): boolean {
    if (this.#cursor.peek() !== byte) return false;
    this.#cursor.offset++;
    return true;
  }
}
