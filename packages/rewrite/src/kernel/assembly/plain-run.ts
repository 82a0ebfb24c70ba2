// How to pass over an instruction, by its opcode. 0 if that is not done here.
const NO_IMMEDIATES: u32 = 1;
const LOCAL: u32 = 2;
const GLOBAL: u32 = 3;
/** An alignment, which names no memory, and an offset of five bytes at most. */
const MEMORY_ACCESS: u32 = 4;
const I32_CONST: u32 = 5;
const I64_CONST: u32 = 6;
const F32_CONST: u32 = 7;
const F64_CONST: u32 = 8;

const kinds = memory.data(0x100);

/** Instructions that {@link passPlain} has passed over. */
export let plainCount: i32 = 0;
/** Where the value of the last i32.const is that it saw, or what {@link setConstant} was told. */
export let plainConstant: usize = 0;

export function setConstant(value: usize): void {
  plainConstant = value;
}

/**
 * Passes over instructions that compute, load and store, which use no proposal and leave nothing to be done about them. They
 * are most of all, so this is one loop with no call in it. Begins at `start`, with instructions that end at `end` at the latest,
 * and returns where they do. Locals have to be below `locals`, globals below `globals`, and either below 128, which is what one byte
 * says.
 *
 * Whatever is in any way unusual, mistakes included, ends the run in front of it, for others to look at. It may look up to 16 bytes
 * beyond the end.
 */
export function passPlain(start: usize, end: usize, locals: u32, globals: u32): usize {
  let count = 0;
  let at = start;
  let next = start;
  while (true) {
    // What was read beyond the end was of others.
    if (next > end) return passed(at, count - 1);
    at = next;
    switch (<u32>load<u8>(kinds + load<u8>(next++))) {
      case NO_IMMEDIATES:
        break;
      case LOCAL:
        if (load<u8>(next++) >= locals) return passed(at, count);
        break;
      case GLOBAL:
        if (load<u8>(next++) >= globals) return passed(at, count);
        break;
      case MEMORY_ACCESS: {
        if (load<u8>(next) >= 0x40) return passed(at, count);
        const last = next + 5;
        while (load<u8>(++next) >= 0x80) if (next == last) return passed(at, count);
        next++;
        break;
      }
      case I32_CONST: {
        const value = next;
        const last = next + 4;
        while (load<u8>(next) >= 0x80 && next < last) next++;
        // The fifth byte repeats the sign.
        const byte = load<u8>(next++);
        if (next > last && byte >= 0x08 && (byte < 0x78 || byte >= 0x80)) return passed(at, count);
        plainConstant = value;
        break;
      }
      case I64_CONST: {
        const last = next + 8;
        while (load<u8>(next) >= 0x80) if (next++ == last) return passed(at, count);
        next++;
        break;
      }
      case F32_CONST:
        next += 4;
        break;
      case F64_CONST:
        next += 8;
        break;
      default:
        return passed(at, count);
    }
    count++;
  }
}

function passed(at: usize, count: i32): usize {
  plainCount = count;
  return at;
}

function set(kind: u32, first: usize, last: usize): void {
  memory.fill(kinds + first, <u8>kind, last - first + 1);
}

set(NO_IMMEDIATES, 0x1a, 0x1b); // drop, select
set(LOCAL, 0x20, 0x22); // local.get, local.set, local.tee
set(GLOBAL, 0x23, 0x24); // global.get, global.set
set(MEMORY_ACCESS, 0x28, 0x3e); // i32.load to i64.store32
set(I32_CONST, 0x41, 0x41);
set(I64_CONST, 0x42, 0x42);
set(F32_CONST, 0x43, 0x43);
set(F64_CONST, 0x44, 0x44);
set(NO_IMMEDIATES, 0x45, 0xbf); // i32.eqz to f64.reinterpret_i64
