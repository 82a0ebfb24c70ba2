import { describe, expect, test } from "vitest";
import { Region } from "../../src/mailbox/region.js";

function region(maxByteLength = 200_000): { region: Region; buffer: SharedArrayBuffer } {
  const buffer = new SharedArrayBuffer(16, { maxByteLength });
  return { region: new Region(buffer, "INPUT_TOO_LARGE"), buffer };
}

test("what is written on one side is read on the other, one payload behind the other", () => {
  const { region: writer, buffer } = region();
  const reader = new Region(buffer, "OUTPUT_TOO_LARGE");
  writer.write(new Uint8Array([1, 2, 3]), new Uint8Array([4, 5]));
  expect([...reader.read(0, 3)]).toEqual([1, 2, 3]);
  expect([...reader.read(3, 2)]).toEqual([4, 5]);
  expect([...reader.view(1, 3)]).toEqual([2, 3, 4]);
});

test("what is read is not shared", () => {
  const { region: shared } = region();
  shared.write(new Uint8Array([1]));
  const copy = shared.read(0, 1);
  shared.write(new Uint8Array([2]));
  expect([...copy]).toEqual([1]);
  expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
});

describe("growth", () => {
  test.each([
    { bytes: 16, grown: 16 },
    { bytes: 17, grown: 65_536 },
    { bytes: 65_537, grown: 131_072 },
    { bytes: 200_000, grown: 200_000 },
  ])("to $grown for $bytes bytes", ({ bytes, grown }) => {
    const { region: growing, buffer } = region();
    growing.write(new Uint8Array(bytes));
    expect(buffer.byteLength).toBe(grown);
    expect(growing.bytes).toBe(grown);
  });

  test("is for both payloads together", () => {
    const { region: growing } = region();
    growing.write(new Uint8Array(10), new Uint8Array(10).fill(3));
    expect([...growing.read(10, 10)]).toEqual(new Array(10).fill(3));
  });

  test("ends at the maximum, with nothing written", () => {
    const { region: full } = region();
    full.write(new Uint8Array([1]));
    expect(full.maxBytes).toBe(200_000);
    expect(() => full.write(new Uint8Array(200_001))).toThrow(
      expect.objectContaining({
        code: "INPUT_TOO_LARGE",
        lost: false,
        message: expect.stringContaining("200001"),
      }),
    );
    expect([...full.read(0, 1)]).toEqual([1]);
  });

  test("says so when there is no memory", () => {
    const { region: unlucky, buffer } = region();
    buffer.grow = () => {
      throw new RangeError("SharedArrayBuffer.prototype.grow: Invalid length parameter");
    };
    expect(() => unlucky.write(new Uint8Array(17))).toThrow(
      expect.objectContaining({ code: "OUT_OF_MEMORY", lost: false }),
    );
  });
});
