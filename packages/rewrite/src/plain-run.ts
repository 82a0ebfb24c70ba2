/** How to pass over an instruction. */
const Kind = {
  /** Not here. */
  other: 0,
  bare: 1,
  local: 2,
  memory: 3,
  i32: 4,
  i64: 5,
  bytes4: 6,
  bytes8: 7,
} as const;

const kinds = new Uint8Array(256);
for (const [kind, first, last] of [
  [Kind.bare, 0x1a, 0x1b], // drop, select
  [Kind.local, 0x20, 0x22], // local.get, local.set, local.tee
  [Kind.memory, 0x28, 0x3e], // i32.load to i64.store32
  [Kind.i32, 0x41, 0x41], // i32.const
  [Kind.i64, 0x42, 0x42], // i64.const
  [Kind.bytes4, 0x43, 0x43], // f32.const
  [Kind.bytes8, 0x44, 0x44], // f64.const
  [Kind.bare, 0x45, 0xbf], // i32.eqz to f64.reinterpret_i64
] as const) {
  kinds.fill(kind, first, last + 1);
}

/** Bytes that a number of 32 bits takes at most, as linkers write it, and how many of a number of 64 bits cannot be too many. */
const [WHOLE32, SAFE64] = [5, 9];
/** Alignments from here on are followed by something else than an offset, or wrong. */
const UNUSUAL_ALIGNMENT = 0x40;
/** Locals below this have one byte. */
export const ONE_BYTE = 0x80;

/**
 * Passes over instructions that compute, load and store, which use no proposal and leave nothing to be done about them. They
 * are most of all, and this is one loop over bytes with no call in it: in a fresh process nothing is compiled yet, and
 * decoding them one by one takes ten times as long.
 *
 * Whatever is in any way unusual, mistakes included, ends the run in front of it, for others to look at.
 */
export class PlainRun {
  /** How many instructions there were. */
  count = 0;
  /** Where they end. */
  end = 0;
  /** Where the value of the last i32.const is, or -1. */
  constant = -1;

  /** Begins at `start`, with at most `most` instructions up to `end`. Locals have to be below `locals`, and {@link ONE_BYTE}. */
  pass(bytes: Uint8Array, start: number, end: number, locals: number, most: number): void {
    let count = 0;
    let at = start;
    let next = start;
    this.constant = -1;
    for (;;) {
      if (next > end) {
        // What was read beyond the end was of others, or undefined.
        count--;
        break;
      }
      at = next;
      if (count === most) break;
      const kind = kinds[bytes[next++] as number] as number;
      if (kind === Kind.local) {
        if (!((bytes[next++] as number) < locals)) break;
      } else if (kind === Kind.memory) {
        if (!((bytes[next++] as number) < UNUSUAL_ALIGNMENT)) break;
        const whole = next + WHOLE32;
        while ((bytes[next++] as number) >= ONE_BYTE);
        if (next > whole) break;
      } else if (kind === Kind.i32) {
        const value = next;
        while ((bytes[next++] as number) >= ONE_BYTE);
        if (next >= value + WHOLE32 && (next > value + WHOLE32 || !repeatsSign(bytes[next - 1] as number)))
          break;
        this.constant = value;
      } else if (kind === Kind.i64) {
        const safe = next + SAFE64;
        while ((bytes[next++] as number) >= ONE_BYTE);
        if (next > safe) break;
      } else if (kind === Kind.bytes4) {
        next += 4;
      } else if (kind === Kind.bytes8) {
        next += 8;
      } else if (kind !== Kind.bare) {
        break;
      }
      count++;
    }
    this.count = count;
    this.end = at;
  }
}

/** Whether the fifth byte of a signed LEB128 adds no more than 32 bits have. */
function repeatsSign(byte: number): boolean {
  return byte < 0x08 || byte >= 0x78;
}
