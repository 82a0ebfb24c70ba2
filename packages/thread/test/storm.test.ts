import { expect, test } from "vitest";
import { act, fakeHost, fakePool } from "./support/fake-pool.js";
import { storm } from "./support/storm.js";
import { pause, until } from "./support/turns.js";

test.each([1, 2])(
  "%i threads: whatever sessions do, every call ends, and with an answer of its own",
  async (maxThreads) => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", onUnhandled);
    const { pool } = fakePool({ maxThreads, graceMs: 20, idleMs: 50 });
    const { answered, failed, wrong } = await storm(pool, {
      seed: maxThreads,
      sessions: 12,
      callsPerSession: 25,
    });
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(30);
    expect(failed.abort).toBeGreaterThan(10);
    // Nobody holds a thread any more.
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: "calm" })).toBe("calm");
    await until(() => pool.threads <= maxThreads, "the spare threads were closed");
    await pause(1);
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([]);
  },
);
