import { expect, test } from "vitest";
import { copyBytes, encodeUtf8 } from "../../src/memory/byte-pool.js";
import { recycle, recycledBytes, recycledCopy } from "../../src/memory/recycled-bytes.js";

/** Each test has a size of its own, larger than all before, so that no buffer of another test fits. */
let lastSize = 20_000;
function freshSize(): number {
  lastSize += 100_000;
  return lastSize;
}

test("a buffer that was given back is used again, and not before", () => {
  const size = freshSize();
  const first = recycledBytes(size);
  expect(recycledBytes(size).buffer).not.toBe(first.buffer);
  recycle(first.subarray(1, size - 1));
  const again = recycledBytes(size - 1);
  expect(again.buffer).toBe(first.buffer);
  expect(again.length).toBe(size - 1);
});

test("a buffer that was given back twice is lent to one only", () => {
  const size = freshSize();
  const first = recycledBytes(size);
  recycle(first);
  recycle(first);
  expect(recycledBytes(size).buffer).toBe(first.buffer);
  expect(recycledBytes(size).buffer).not.toBe(first.buffer);
});

test("a copy is one, wherever it comes to lie, and its buffer is used again", () => {
  const size = freshSize();
  const bytes = Uint8Array.from({ length: size }, (_, index) => index);
  const [first, second] = [recycledCopy(bytes), recycledCopy(bytes)];
  expect([first, second]).toEqual([bytes, bytes]);
  expect(new Set([bytes.buffer, first.buffer, second.buffer]).size).toBe(3);
  first.fill(0);
  recycle(first);
  const third = recycledCopy(bytes.subarray(1));
  expect(third.buffer).toBe(first.buffer);
  expect(third).toEqual(bytes.subarray(1));
  expect(second).toEqual(bytes);
});

test.each([
  [512 * 1024 - 1, true],
  [512 * 1024, true],
  [5 * 1024 * 1024, false],
])(
  "a copy of %d bytes that finds no buffer is one, and it is %s that its buffer is used again",
  (size, isKept) => {
    const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
    // Those that are kept have 4 MiB together: the last one finds none.
    const copies = Array.from({ length: 9 }, () => recycledCopy(bytes));
    for (const copy of copies) expect(Buffer.compare(copy, bytes)).toBe(0);
    expect(new Set(copies.map(({ buffer }) => buffer)).size).toBe(9);
    const last = copies.at(-1) as Uint8Array;
    recycle(last);
    expect(recycledCopy(bytes).buffer === last.buffer).toBe(isKept);
  },
);

test("what came from elsewhere is left alone", () => {
  const size = freshSize();
  const foreign = new Uint8Array(size);
  recycle(foreign);
  expect(recycledBytes(size).buffer).not.toBe(foreign.buffer);
});

test("a buffer that was transferred meanwhile is not lent again", () => {
  const size = freshSize();
  const first = recycledBytes(size);
  recycle(first);
  structuredClone(first.buffer, { transfer: [first.buffer] });
  expect(recycledBytes(size).length).toBe(size);
});

test("no more than 4 MiB are kept, and those that were given back last", () => {
  const size = 3 * 1024 * 1024;
  const both = [recycledBytes(size), recycledBytes(size)] as const;
  for (const bytes of both) recycle(bytes);
  const kept = recycledBytes(size).buffer === both[1].buffer;
  expect(kept).toBe(true);
  expect(recycledBytes(size).buffer).not.toBe(both[0].buffer);
});

test("a buffer larger than all that are kept is left alone, and so are they", () => {
  const size = freshSize();
  const kept = recycledBytes(size);
  recycle(kept);
  recycle(recycledBytes(4 * 1024 * 1024 + 1));
  expect(recycledBytes(size).buffer).toBe(kept.buffer);
});

test("buffers that have become too small leave room for larger ones", () => {
  const small = Array.from({ length: 100 }, () => recycledBytes(64 * 1024));
  for (const bytes of small) recycle(bytes);
  const large = recycledBytes(1024 * 1024);
  recycle(large);
  expect(recycledBytes(1024 * 1024).buffer).toBe(large.buffer);
});

test.each(["a", "é", "€", "😀", "\ud800"])(
  "text of %j and copies come out right in used buffers",
  (piece) => {
    const text = piece.repeat(freshSize());
    const expected = new TextEncoder().encode(text);
    recycle(recycledBytes(expected.length).fill(0xee));
    const encoded = encodeUtf8(text);
    expect(Buffer.compare(encoded, expected)).toBe(0);
    recycle(encoded);
    const copy = copyBytes(expected);
    expect(copy.length).toBe(expected.length);
    expect(Buffer.compare(copy, expected)).toBe(0);
  },
);
