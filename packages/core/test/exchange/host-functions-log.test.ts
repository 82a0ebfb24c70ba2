import { describe, expect, test } from "vitest";
import type { GuardLimits } from "../../src/engine.js";
import { bytesOf } from "../support/bytes.js";
import { runningGuest } from "../support/running-guest.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

describe("host_log", () => {
  function logged(
    write: (set: ReturnType<typeof runningGuest>) => void,
    limits?: Partial<GuardLimits>,
  ): [string, string][] {
    const lines: [string, string][] = [];
    const set = runningGuest({
      log: (level, message) => void lines.push([level, message]),
      ...(limits && { limits }),
    });
    write(set);
    return lines;
  }

  test.each([
    [0, "debug"],
    [1, "info"],
    [2, "warn"],
    [3, "error"],
    [4, "debug"],
    [-1, "debug"],
    [2_147_483_647, "debug"],
  ])("level %d is %s", (level, name) => {
    const lines = logged(({ host, guest }) => {
      guest.bytes.set(bytesOf("hé"), 10);
      host.host_log(level, 10, 3);
    });
    expect(lines).toEqual([[name, "hé"]]);
  });

  test.each([
    [2 * 65_536 - 1, 2],
    [-1, 1],
    [-4, 8],
    [0, -1],
    [2 * 65_536 + 1, 0],
  ])("ignores a message outside of the memory: %d + %d", (pointer, length) => {
    expect(logged(({ host }) => host.host_log(1, pointer, length))).toEqual([]);
  });

  test("is silent before the guest has a memory", () => {
    const lines = logged(({ host, invocation }) => {
      invocation.memory = undefined;
      host.host_log(1, 0, 3);
    });
    expect(lines).toEqual([]);
  });

  test("stays within the budget, whatever the guest does", () => {
    const flood = logged(
      ({ host }) => {
        for (let i = 0; i < 10_000; i++) host.host_log(1, 0, i % 3 === 0 ? 0 : 65_536);
      },
      { maxLogBytes: 100 },
    );
    expect(flood.length).toBeLessThan(102);
    expect(flood.reduce((sum, [, text]) => sum + text.length, 0)).toBeLessThan(200);
  });

  test("never throws, whatever becomes of the message", () => {
    const { host } = runningGuest({
      log: () => {
        throw new Error("disk full");
      },
    });
    expect(() => host.host_log(1, 0, 3)).not.toThrow();
  });

  test("may speak while no call runs, as a start section does", () => {
    const lines = logged(({ host, guest, invocation }) => {
      guest.bytes.set(bytesOf("abc"), 0);
      invocation.end();
      host.host_log(3, 0, 3);
    });
    expect(lines).toEqual([["error", "abc"]]);
  });
});
