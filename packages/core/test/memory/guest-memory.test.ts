import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GuestMemory, GuestMemoryError } from "../../src/memory/guest-memory.js";

const PAGE = 65_536;

function guestMemory(pages = 1, maximum?: number) {
  const memory = new WebAssembly.Memory(
    maximum === undefined ? { initial: pages } : { initial: pages, maximum },
  );
  return { memory, guest: new GuestMemory(memory) };
}

describe("bounds", () => {
  const ranges: [pointer: number, length: number, inside: boolean][] = [
    [0, 0, true],
    [0, PAGE, true],
    [0, PAGE + 1, false],
    [PAGE, 0, true],
    [PAGE, 1, false],
    [PAGE + 1, 0, false],
    [PAGE - 4, 4, true],
    [PAGE - 3, 4, false],
    [-1, 0, false],
    [-1, 1, false],
    // The sum of both is 0 in 32 bits.
    [-1, 1, false],
    [-4, 4, false],
    [-PAGE, PAGE, false],
    [0x8000_0000, 0x8000_0000, false],
    [0x8000_0000 | 0, 0, false],
    [1, -1, false],
    [0, -1, false],
    [0xffff_ffff, 2, false],
  ];

  test.each(ranges)("in one page, %d + %d is inside: %s", (pointer, length, inside) => {
    const { guest } = guestMemory();
    expect(guest.has(pointer, length)).toBe(inside);
    if (inside) {
      expect(guest.view(pointer, length)).toHaveLength(length);
      expect(guest.read(pointer, length)).toHaveLength(length);
    } else {
      expect(() => guest.view(pointer, length)).toThrow(GuestMemoryError);
      expect(() => guest.read(pointer, length)).toThrow(GuestMemoryError);
    }
  });

  test("agrees with arithmetic on whole numbers, for any pair of 32-bit values", () => {
    const { guest } = guestMemory(2);
    const int32 = fc.oneof(fc.integer(), fc.integer({ min: 0, max: 3 * PAGE }), fc.nat(0xffff_ffff));
    fc.assert(
      fc.property(int32, int32, (pointer, length) => {
        const sum = BigInt.asUintN(32, BigInt(pointer)) + BigInt.asUintN(32, BigInt(length));
        expect(guest.has(pointer, length)).toBe(sum <= BigInt(2 * PAGE));
      }),
    );
  });

  test("says what was asked for, and how much there is", () => {
    const { guest } = guestMemory();
    expect(() => guest.read(-1, 16)).toThrow(
      "16 bytes at 4294967295 end beyond the guest's memory of 65536 bytes",
    );
  });

  test("holds for numbers that straddle the end", () => {
    const { guest } = guestMemory();
    guest.writeUint32(PAGE - 4, 1);
    guest.writeUint64(PAGE - 8, 1n);
    expect(() => guest.readUint32(PAGE - 3)).toThrow(GuestMemoryError);
    expect(() => guest.readUint32(-4)).toThrow(GuestMemoryError);
    expect(() => guest.writeUint32(PAGE - 3, 1)).toThrow(GuestMemoryError);
    expect(() => guest.writeUint64(PAGE - 7, 1n)).toThrow(GuestMemoryError);
    expect(() => guest.write(PAGE - 1, new Uint8Array(2))).toThrow(GuestMemoryError);
  });

  test("hold for a memory without pages", () => {
    const { guest } = guestMemory(0);
    expect(guest.byteLength).toBe(0);
    expect(guest.read(0, 0)).toHaveLength(0);
    expect(() => guest.view(0, 1)).toThrow(GuestMemoryError);
  });
});

describe("a memory of 4 GiB", () => {
  // Pages that nobody touches cost nothing.
  const { guest } = guestMemory(65_536);

  test("is addressed by pointers that JavaScript sees as negative", () => {
    expect(guest.byteLength).toBe(4_294_967_296);
    expect(guest.pages).toBe(65_536);
    guest.write(-4, Uint8Array.of(1, 2, 3, 4));
    expect(guest.read(0xffff_fffc, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(guest.readUint32(-4)).toBe(0x0403_0201);
    guest.writeUint32(0x8000_0000 | 0, 7);
    expect(guest.readUint32(0x8000_0000)).toBe(7);
  });

  test("ends at 4 GiB, without a wrap to its beginning", () => {
    expect(guest.has(-1, 1)).toBe(true);
    expect(guest.has(-1, 2)).toBe(false);
    expect(() => guest.read(-1, 2)).toThrow(GuestMemoryError);
    expect(() => guest.readUint32(-3)).toThrow(GuestMemoryError);
  });
});

describe("contents", () => {
  test("are copied by read and write", () => {
    const { guest } = guestMemory();
    const source = Uint8Array.of(1, 2, 3);
    guest.write(8, source);
    source.fill(9);
    const copy = guest.read(8, 3);
    guest.view(8, 3).fill(7);
    expect(copy).toEqual(Uint8Array.of(1, 2, 3));
    expect(copy.buffer).not.toBe(guest.view(0, 0).buffer);
  });

  test("are live in a view", () => {
    const { guest } = guestMemory();
    const view = guest.view(8, 1);
    guest.write(8, Uint8Array.of(5));
    expect(view[0]).toBe(5);
  });

  test("are little-endian numbers, modulo their size", () => {
    const { guest } = guestMemory();
    guest.writeUint32(0, 0x1_0203_0405);
    expect(guest.read(0, 4)).toEqual(Uint8Array.of(5, 4, 3, 2));
    guest.writeUint32(0, -1);
    expect(guest.readUint32(0)).toBe(0xffff_ffff);
    guest.writeUint64(0, 0x1_0203_0405_0607_0809n);
    expect(guest.read(0, 8)).toEqual(Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2));
  });

  test("survive growth, by host or guest, and new pages are in reach", () => {
    const { memory, guest } = guestMemory();
    guest.write(0, Uint8Array.of(42));
    const stale = guest.view(0, 1);
    memory.grow(1);
    expect(stale).toHaveLength(0);
    expect(guest.byteLength).toBe(2 * PAGE);
    expect(guest.read(0, 1)).toEqual(Uint8Array.of(42));
    expect(guest.grow(2)).toBe(true);
    expect(guest.pages).toBe(4);
    guest.write(4 * PAGE - 1, Uint8Array.of(1));
    memory.grow(1);
    guest.writeUint32(5 * PAGE - 4, 7);
    expect(guest.readUint32(5 * PAGE - 4)).toBe(7);
    memory.grow(1);
    expect(() => guest.writeUint32(6 * PAGE - 3, 7)).toThrow(GuestMemoryError);
    memory.grow(1);
    guest.writeUint64(7 * PAGE - 8, 9n);
    expect(guest.has(7 * PAGE - 8, 8)).toBe(true);
  });
});

describe("grow", () => {
  test("is refused beyond the maximum, and changes nothing", () => {
    const { guest } = guestMemory(1, 2);
    expect(guest.grow(2)).toBe(false);
    expect(guest.pages).toBe(1);
    expect(guest.grow(1)).toBe(true);
    expect(guest.grow(1)).toBe(false);
  });

  test("hides no other failure", () => {
    const { guest } = guestMemory();
    expect(() => guest.grow(-1)).toThrow(TypeError);
  });
});
