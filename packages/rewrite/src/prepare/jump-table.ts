import { BinaryReader } from "../binary-reader.js";
import type { Constructs } from "./constructs.js";

const BLOCK = 0x02;
const NO_TYPE = 0x40;
/** What a block without a type has at its beginning: its opcode and that. */
const BLOCK_BYTES = 2;
const BR_TABLE = 0x0e;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;

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
  readonly #constructs: Constructs;
  readonly #cursor: BinaryReader;
  /** The number of the loop among the open constructs, and where it begins. */
  #loop = 0;
  #start = 0;
  /** Where the first of the blocks begins that the table stands in, and how many there are. */
  #firstBlock = 0;
  #blocks = 0;
  /** The local that says where to go on. */
  #place = 0;
  /** By the value of that local, the numbers of the constructs to leave, the last one for all other values. */
  readonly #targets: number[] = [];

  /** `constructs` are the open ones of the function. */
  constructor(bytes: Uint8Array, constructs: Constructs) {
    this.#constructs = constructs;
    this.#cursor = new BinaryReader(bytes, "the code section");
  }

  /** To be called at the beginning of each function. */
  clear(): void {
    this.#start = 0;
  }

  /** A loop without parameters, number `loop` among the open constructs, begins at `start` and contains what is at `offset`. */
  open(loop: number, start: number, offset: number): void {
    if (this.#isOpen) return;
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
    this.#start = start;
    this.#firstBlock = offset;
    this.#blocks = blocks;
  }

  /**
   * The open construct that the `br` at `offset`, which names the construct `named`, leads to by way of the table. The value of
   * the last i32.const in front of it is at `constant`.
   */
  targetOf(offset: number, named: number, constant: number): number | undefined {
    if (named !== this.#loop || !this.#isOpen) return undefined;
    const cursor = this.#cursor;
    cursor.offset = constant;
    const value = cursor.s32("a constant");
    if (!this.#passes(LOCAL_SET) || cursor.u32("a local index") !== this.#place) return undefined;
    if (cursor.offset !== offset) return undefined;
    const target = this.#targets[Math.min(value >>> 0, this.#targets.length - 1)] as number;
    return target <= this.#loop || this.#isBlockOpen(target) ? target : undefined;
  }

  /** Whether a loop is being followed. */
  get #isOpen(): boolean {
    return this.#start > 0 && this.#constructs.isOpen(this.#loop, this.#start);
  }

  /** Whether the construct number `target`, in the loop, is open and one of those that the table stands in. */
  #isBlockOpen(target: number): boolean {
    const block = target - this.#loop - 1;
    return block < this.#blocks && this.#constructs.isOpen(target, this.#firstBlock + BLOCK_BYTES * block);
  }

  #passes(byte: number): boolean {
    if (this.#cursor.peek() !== byte) return false;
    this.#cursor.offset++;
    return true;
  }
}
