import { ALLOC_EXPORT, DEALLOC_EXPORT, PAGE_BYTES } from "../abi/abi.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import { pagesFor } from "../memory/pages.js";
import {
  type BufferPurpose,
  bufferBeyondMemory,
  noPages,
  outOfMemory,
  overlappingBuffers,
} from "./failures.js";
import type { Interrupts } from "./interrupts.js";
import { unwoundBy } from "./unwind.js";

/** The two buffers of one attempt, as pointers into the guest's memory. */
export interface Buffers {
  readonly input: number;
  readonly output: number;
}

/** Where the buffers of an attempt come from. */
export interface BufferSource {
  /** Makes room for an input and an output that do not overlap. Throws a GuardError when there is none. */
  acquire(inputBytes: number, outputBytes: number): Buffers;
  /** Gives back what the last `acquire` made. Called once, and never in a guest that was unwound half-way. */
  release(buffers: Buffers, inputBytes: number, outputBytes: number): void;
}

/** The memory of the guest whose allocator is running. Nothing suspends an allocator, so this is about the call stack. */
let allocating: GuestMemory | undefined;

/** Whether the allocator of the guest with this memory is running, which may not ask its backend. */
export function isAllocating(memory: GuestMemory | undefined): boolean {
  return memory !== undefined && memory === allocating;
}

/** The guest's `alloc` and `dealloc` (spec 1.6), whose answers are checked before they are believed. */
export class AllocatedBuffers implements BufferSource {
  readonly #memory: GuestMemory;
  readonly #alloc: (size: number) => number;
  readonly #dealloc: (pointer: number, size: number) => void;
  readonly #interrupts: Interrupts | undefined;

  constructor(
    memory: GuestMemory,
    alloc: (size: number) => number,
    dealloc: (pointer: number, size: number) => void,
    interrupts?: Interrupts,
  ) {
    this.#memory = memory;
    this.#alloc = alloc;
    this.#dealloc = dealloc;
    this.#interrupts = interrupts;
  }

  acquire(inputBytes: number, outputBytes: number): Buffers {
    const input = this.#allocate(inputBytes, "input");
    if (input === 0 && inputBytes > 0) throw outOfMemory(inputBytes, "input");
    const output = this.#allocate(outputBytes, "output");
    if (output === 0) {
      this.#free(input, inputBytes);
      throw outOfMemory(outputBytes, "output");
    }
    if (input < output + outputBytes && output < input + inputBytes) {
      throw overlappingBuffers(input, output);
    }
    return { input, output };
  }

  release({ input, output }: Buffers, inputBytes: number, outputBytes: number): void {
    this.#free(output, outputBytes);
    this.#free(input, inputBytes);
  }

  #allocate(bytes: number, purpose: BufferPurpose): number {
    if (bytes === 0) return 0;
    const pointer = this.#enter(ALLOC_EXPORT, () => this.#alloc(bytes)) >>> 0;
    if (pointer !== 0 && !this.#memory.has(pointer, bytes)) {
      throw bufferBeyondMemory(pointer, bytes, purpose);
    }
    return pointer;
  }

  #free(pointer: number, bytes: number): void {
    if (pointer === 0) return;
    this.#enter(DEALLOC_EXPORT, () => this.#dealloc(pointer, bytes));
  }

  #enter<T>(name: string, entry: () => T): T {
    this.#interrupts?.enter(name);
    // A host function that the allocator calls can lead to another guest's.
    const outer = allocating;
    allocating = this.#memory;
    try {
      return entry();
    } catch (error) {
      throw unwoundBy(error, name);
    } finally {
      allocating = outer;
    }
  }
}

/**
 * Buffers for guards without an allocator: whole pages that the host adds above everything that the guest was loaded
 * with. A region that has become too small is abandoned, not moved: the guest may have grown its memory behind it.
 */
export class DirectBuffers implements BufferSource {
  readonly #memory: GuestMemory;
  readonly #maxPages: number;
  #start = 0;
  #bytes = 0;

  constructor(memory: GuestMemory, maxPages: number) {
    this.#memory = memory;
    this.#maxPages = maxPages;
  }

  acquire(inputBytes: number, outputBytes: number): Buffers {
    // The output starts at a multiple of 8, as an allocator's would.
    const outputOffset = Math.ceil(inputBytes / 8) * 8;
    const needed = outputOffset + outputBytes;
    if (needed > this.#bytes) this.#addRegion(needed);
    return { input: this.#start, output: this.#start + outputOffset };
  }

  release(): void {
    // The region stays for the next call.
  }

  #addRegion(bytes: number): void {
    const start = this.#memory.byteLength;
    const pages = pagesFor(bytes);
    if (this.#memory.pages + pages > this.#maxPages || !this.#memory.grow(pages)) {
      throw noPages(this.#memory.pages, pages, this.#maxPages);
    }
    this.#start = start;
    this.#bytes = pages * PAGE_BYTES;
  }
}
