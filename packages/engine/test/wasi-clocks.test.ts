import { describe, expect, test } from "vitest";
import { openGuest, type WasiGuest } from "./wasi-harness.js";

const [SUCCESS, INVAL] = [0, 28];
const [REALTIME, MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME] = [0, 1, 2, 3];
const MILLISECOND = 1_000_000n;

function timeOf({ wasi, memory }: WasiGuest, clock: number): bigint {
  expect(wasi.clock_time_get(clock, 0n, 8)).toBe(SUCCESS);
  return new DataView(memory.read(8, 8).buffer).getBigUint64(0, true);
}

describe("deterministic clocks", () => {
  test("start at 2022-01-01 and at 0, and move 1 ms with each reading", () => {
    const guest = openGuest();
    const start = BigInt(Date.parse("2022-01-01T00:00:00Z")) * MILLISECOND;
    expect([1, 2, 3].map(() => timeOf(guest, REALTIME) - start)).toEqual([0n, MILLISECOND, 2n * MILLISECOND]);
    expect([1, 2, 3].map(() => timeOf(guest, MONOTONIC))).toEqual([0n, MILLISECOND, 2n * MILLISECOND]);
  });

  test("are the same for every instance, and independent of others", () => {
    const first = openGuest();
    timeOf(first, REALTIME);
    timeOf(first, MONOTONIC);
    const [second, third] = [openGuest(), openGuest()];
    const sequence = [REALTIME, MONOTONIC, REALTIME, PROCESS_CPUTIME, MONOTONIC];
    expect(sequence.map((clock) => timeOf(second, clock))).toEqual(
      sequence.map((clock) => timeOf(third, clock)),
    );
  });

  test("take elapsed time for CPU time", () => {
    const guest = openGuest();
    const clocks = [MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME];
    expect(clocks.map((clock) => timeOf(guest, clock))).toEqual([0n, MILLISECOND, 2n * MILLISECOND]);
  });
});

describe("real clocks", () => {
  test("tell the host's time", () => {
    const guest = openGuest({ clock: "real" });
    const before = Date.now();
    const time = timeOf(guest, REALTIME);
    const after = Date.now();
    expect(time).toBeGreaterThanOrEqual(BigInt(before) * MILLISECOND);
    expect(time).toBeLessThanOrEqual(BigInt(after) * MILLISECOND);
  });

  test("count from the instance's start, and never back", () => {
    const before = performance.now();
    const guest = openGuest({ clock: "real" });
    const readings = Array.from({ length: 100 }, () => timeOf(guest, MONOTONIC));
    const elapsed = performance.now() - before;
    expect(readings).toEqual(readings.toSorted((a, b) => Number(a - b)));
    expect(Number(readings.at(-1))).toBeLessThanOrEqual(elapsed * 1e6);
    expect(readings[0]).toBeGreaterThanOrEqual(0n);
  });
});

test.each(["deterministic", "real"] as const)("%s clocks have a resolution of 1 ms", (clock) => {
  const { wasi, memory } = openGuest({ clock });
  for (const id of [REALTIME, MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME]) {
    memory.writeUint64(8, 0n);
    expect(wasi.clock_res_get(id, 8)).toBe(SUCCESS);
    expect(memory.read(8, 8)).toEqual(Uint8Array.of(0x40, 0x42, 0x0f, 0, 0, 0, 0, 0));
  }
});

test("there is no other clock", () => {
  const { wasi } = openGuest();
  for (const id of [4, 100, -1]) {
    expect(wasi.clock_res_get(id, 8)).toBe(INVAL);
    expect(wasi.clock_time_get(id, 0n, 8)).toBe(INVAL);
  }
});
