/**
 * The memory above the guard's static data: first fit over a list of free blocks in address order.
 *
 * The allocators of the language trap when memory is full. The ABI wants a 0 from `alloc` then, so that the host can
 * say what happened and keep the instance.
 */

/** Keeps every pointer aligned to 16 bytes. */
const HEADER: u32 = 16;
/** A rest smaller than this stays with the block in front of it. */
const SMALLEST: u32 = 32;
/** Far above what fits the memory, far below where sizes wrap around. */
const LARGEST: u32 = 0x4000_0000;
/** Marks a block that is handed out; a free block holds 0. */
const IN_USE: u32 = 0x4755_4152;
const PAGE_BITS: i32 = 16;

/** The header of a block. */
@unmanaged
class Block {
  /** Bytes of the block with its header. */
  size: u32;
  mark: u32;
  /** The next free block, by address. */
  next: usize;
}

let firstFree: usize = 0;
/** Bounds of the heap; both 0 until the first allocation. */
let bottom: usize = 0;
let top: usize = 0;

// @ts-ignore: decorator
@inline
function blockAt(address: usize): Block {
  return changetype<Block>(address);
}

/** Memory for `size` bytes, aligned to 16, with unspecified contents; 0 if there is none. */
export function allocate(size: u32): usize {
  if (size > LARGEST) return 0;
  const need = (size + HEADER + 15) & ~15;
  let block = takeFree(need);
  if (block == 0 && extend(need)) block = takeFree(need);
  return block == 0 ? 0 : block + HEADER;
}

/** Gives back what {@link allocate} handed out. Anything else, 0 included, is ignored. */
export function release(pointer: usize): void {
  const address = pointer - HEADER;
  if (pointer < bottom + HEADER || pointer >= top || (pointer & 15) != 0) return;
  if (blockAt(address).mark == IN_USE) insertFree(address, blockAt(address).size);
}

function takeFree(need: u32): usize {
  let previous: usize = 0;
  for (let address = firstFree; address != 0; address = blockAt(address).next) {
    const block = blockAt(address);
    if (block.size >= need) {
      let next = block.next;
      if (block.size - need >= SMALLEST) {
        const rest = blockAt(address + need);
        rest.size = block.size - need;
        rest.mark = 0;
        rest.next = next;
        next = address + need;
        block.size = need;
      }
      linkAfter(previous, next);
      block.mark = IN_USE;
      return address;
    }
    previous = address;
  }
  return 0;
}

function insertFree(address: usize, size: u32): void {
  let previous: usize = 0;
  let next = firstFree;
  while (next != 0 && next < address) {
    previous = next;
    next = blockAt(next).next;
  }
  const block = blockAt(address);
  block.size = size;
  block.mark = 0;
  block.next = next;
  if (next != 0 && address + size == next) {
    block.size += blockAt(next).size;
    block.next = blockAt(next).next;
  }
  if (previous != 0 && previous + blockAt(previous).size == address) {
    blockAt(previous).size += block.size;
    blockAt(previous).next = block.next;
  } else {
    linkAfter(previous, address);
  }
}

function linkAfter(previous: usize, next: usize): void {
  if (previous == 0) firstFree = next;
  else blockAt(previous).next = next;
}

/** Makes sure that a free block of `need` bytes ends the heap; false if the memory cannot grow that far. */
function extend(need: u32): bool {
  if (top == 0) {
    bottom = (__heap_base + 15) & ~15;
    top = <usize>memory.size() << PAGE_BITS;
    // Static data ends somewhere in the last page; what is left of it may be too little for a block.
    if (top - bottom >= SMALLEST) insertFree(bottom, <u32>(top - bottom));
    if (top - bottom >= need) return true;
  }
  const missing = need - freeAtTop();
  const pages = (missing + 0xffff) >> PAGE_BITS;
  const before = memory.grow(<i32>pages);
  if (before < 0) return false;
  const start = <usize>before << PAGE_BITS;
  // Pages that someone else added in between stay theirs.
  top = start + ((<usize>pages) << PAGE_BITS);
  insertFree(start, pages << PAGE_BITS);
  return true;
}

/** Bytes of the free block that ends the memory, which growth will merge with. */
function freeAtTop(): u32 {
  const end = <usize>memory.size() << PAGE_BITS;
  for (let address = firstFree; address != 0; address = blockAt(address).next) {
    if (address + blockAt(address).size == end) return blockAt(address).size;
  }
  return 0;
}
