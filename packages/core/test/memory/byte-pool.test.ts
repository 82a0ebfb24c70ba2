import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyBytes, encodeUtf8 } from "../../src/memory/byte-pool.js";

/** Sizes on both sides of every threshold of the pool. */
const size = fc.oneof(
  fc.nat(300),
  fc.nat(20_000),
  fc.constantFrom(0, 1, 2_730, 2_731, 8_191, 8_192, 8_193, 65_535, 65_536, 65_537),
);
const piece = fc.constantFrom("a", "é", "€", "😀", "\ud800");

describe("the byte pool", () => {
  test("gives every array bytes of its own, whatever was asked of it before", () => {
    const request = fc.oneof(
      fc.record({ kind: fc.constant("copy" as const), size, fill: fc.nat(255) }),
      fc.record({ kind: fc.constant("text" as const), size: size.map((n) => n % 9_000), piece }),
    );
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60, size: "max" }), (requests) => {
        const made = requests.map((asked) => {
          if (asked.kind === "copy") {
            const source = new Uint8Array(asked.size).fill(asked.fill);
            return { expected: source, actual: copyBytes(source) };
          }
          const text = asked.piece.repeat(asked.size / asked.piece.length);
          return { expected: new TextEncoder().encode(text), actual: encodeUtf8(text) };
        });
        // Equality at the end: none has been overwritten by a later one.
        for (const { expected, actual } of made) expect(Buffer.compare(actual, expected)).toBe(0);
        for (const { actual } of made) actual.fill(0xee);
        for (const { actual } of made) expect(actual.every((byte) => byte === 0xee)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("goes on after an array was transferred, which takes the whole chunk along", () => {
    const first = encodeUtf8("first");
    structuredClone(first, { transfer: [first.buffer] });
    expect(new TextDecoder().decode(encodeUtf8("second"))).toBe("second");
    expect(copyBytes(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 2));
  });

  test("does not let a change of the source show in a copy", () => {
    const source = Uint8Array.of(1, 2, 3);
    const copy = copyBytes(source);
    source.fill(9);
    expect(copy).toEqual(Uint8Array.of(1, 2, 3));
  });
});
