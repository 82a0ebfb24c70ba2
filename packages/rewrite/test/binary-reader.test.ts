import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BinaryReader } from "../src/binary-reader.js";
import { encodeUnsigned } from "../src/leb128.js";
import { decodeUtf8 } from "../src/utf8.js";
import { WasmFormatError } from "../src/wasm-format-error.js";

const readerOf = (bytes: Iterable<number>) => new BinaryReader(Uint8Array.from(bytes), "the bytes");

/** Signed LEB128 by the book, over as many bytes as `length` says or as it takes. */
function signed(value: bigint, length = 0): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const last = rest >= -64n && rest < 64n && bytes.length + 1 >= length;
    bytes.push(Number(rest & 0x7fn) | (last ? 0 : 0x80));
    if (last) return bytes;
  }
}

describe("LEB128", () => {
  test("u32 and u64 read what was encoded", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = encodeUnsigned(value);
        const reader = readerOf([...bytes, 0xff]);
        expect(reader.u64("it")).toBe(value);
        expect(reader.offset).toBe(bytes.length);
        if (value < 2 ** 32) expect(readerOf(bytes).u32("it")).toBe(value);
        else expect(() => readerOf(bytes).u32("it")).toThrow(WasmFormatError);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  test.each([32n, 33n])("s%d reads what fits, in any length, and nothing else", (bits) => {
    const bound = 1n << (bits - 1n);
    const read = (bytes: number[]) => (bits === 32n ? readerOf(bytes).s32("it") : readerOf(bytes).s33("it"));
    const edges = [-bound, bound - 1n, 0n, -1n, 63n, 64n, -64n, -65n, 1n << 27n, -(1n << 28n)];
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt(-bound, bound - 1n), fc.constantFrom(...edges)),
        fc.nat(5),
        (value, length) => {
          expect(read(signed(value, length))).toBe(Number(value));
        },
      ),
      { seed: 1, numRuns: 2_000 },
    );
    for (const value of [bound, -bound - 1n]) expect(() => read(signed(value))).toThrow(WasmFormatError);
    expect(() => read(signed(0n, 6))).toThrow(WasmFormatError);
  });

  test("s64 is passed over as far as it goes", () => {
    const bound = 1n << 63n;
    for (const value of [0n, -1n, 64n, bound - 1n, -bound]) {
      const reader = readerOf([...signed(value), 0xff]);
      reader.skipS64("it");
      expect(reader.offset).toBe(signed(value).length);
    }
    for (const value of [bound, -bound - 1n]) {
      expect(() => readerOf(signed(value)).skipS64("it")).toThrow(WasmFormatError);
    }
  });

  test("u64 above the safe integers is the largest safe integer", () => {
    expect(readerOf(encodeUnsigned(2 ** 53 - 1)).u64("it")).toBe(2 ** 53 - 1);
    expect(readerOf([...Array(9).fill(0xff), 1]).u64("it")).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("UTF-8", () => {
  const invalid = new Error("invalid");
  const ours = (bytes: Uint8Array): string | undefined => {
    try {
      return decodeUtf8(bytes, 0, bytes.length, () => {
        throw invalid;
      });
    } catch (error) {
      if (error !== invalid) throw error;
      return undefined;
    }
  };
  const platform = (bytes: Uint8Array): string | undefined => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  };

  test("decodes text as the platform does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(ours(bytes)).toBe(platform(bytes));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  test("refuses what the platform refuses", () => {
    const interesting = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf];
    const leads = [0xe0, 0xe1, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0xff];
    const byte = fc.constantFrom(...interesting, ...leads);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.array(byte, { maxLength: 5 }), (random, chosen) => {
        expect(ours(random)).toBe(platform(random));
        expect(ours(Uint8Array.from(chosen))).toBe(platform(Uint8Array.from(chosen)));
      }),
      { seed: 1, numRuns: 20_000 },
    );
  });

  test("keeps a byte order mark, as names have to", () => {
    expect(ours(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });

  test("tells where the text stops being UTF-8", () => {
    const reader = readerOf([4, 0x61, 0xc3, 0xa9, 0xff]);
    expect(() => reader.name("a name")).toThrow(
      "expected a name in UTF-8, found other bytes in the bytes at offset 0x4",
    );
  });
});
