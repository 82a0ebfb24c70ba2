/** By opcode, how to pass over an instruction: the cases of the switch below. 0 if that is not done here. */
const kinds = new Uint8Array(256);
for (const [kind, first, last] of [
  [1, 0x1a, 0x1b], // drop, select
  [2, 0x20, 0x22], // local.get, local.set, local.tee
  [3, 0x23, 0x24], // global.get, global.set
  [4, 0x28, 0x3e], // i32.load to i64.store32
  [5, 0x41, 0x41], // i32.const
  [6, 0x42, 0x42], // i64.const
  [7, 0x43, 0x43], // f32.const
  [8, 0x44, 0x44], // f64.const
  [1, 0x45, 0xbf], // i32.eqz to f64.reinterpret_i64
] as const) {
  kinds.fill(kind, first, last + 1);
}

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
  /** Where the value of the last i32.const is, in this run or one before. */
  constant = 0;

  /**
   * Begins at `start`, with instructions that end at `end` at the latest, and returns where they do. Locals have to be below
   * `locals`, globals below `globals`, and either below 128, which is what one byte says.
   */
  pass(bytes: Uint8Array, start: number, end: number, locals: number, globals: number): number {
    const kindOf = kinds;
    let count = 0;
    let at = start;
    let next = start;
    run: for (;;) {
      if (next > end) {
        // What was read beyond the end was of others, or undefined.
        count--;
        break;
      }
      at = next;
      switch (kindOf[bytes[next++] as number]) {
        case 1: // no immediates
          break;
        case 2: // a local
          if (!((bytes[next++] as number) < locals)) break run;
          break;
        case 3: // a global
          if (!((bytes[next++] as number) < globals)) break run;
          break;
        case 4: {
          // an alignment, which names no memory, and an offset of five bytes at most
          if (!((bytes[next++] as number) < 0x40)) break run;
          const offset = next;
          while ((bytes[next++] as number) >= 0x80);
          if (next > offset + 5) break run;
          break;
        }
        case 5: {
          // 32 bits: five bytes at most, the last of which repeats the sign
          const value = next;
          while ((bytes[next++] as number) >= 0x80);
          if (next >= value + 5 && (next > value + 5 || !repeatsSign(bytes[next - 1] as number))) break run;
          this.constant = value;
          break;
        }
        case 6: {
          // 64 bits: nine bytes cannot be too many
          const value = next;
          while ((bytes[next++] as number) >= 0x80);
          if (next > value + 9) break run;
          break;
        }
        case 7: // 4 bytes
          next += 4;
          break;
        case 8: // 8 bytes
          next += 8;
          break;
        default:
          break run;
      }
      count++;
    }
    this.count = count;
    return at;
  }
}

/** Whether the fifth byte of a signed LEB128 adds no more than 32 bits have. */
function repeatsSign(byte: number): boolean {
  return byte < 0x08 || byte >= 0x78;
}
