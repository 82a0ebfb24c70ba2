import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { waitFor } from "../../src/time/wait-for.js";
import { countingController } from "../support/counting-signal.js";
import { thenable } from "../support/thenable.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);
const timeout = new Error("timeout");
const onTimeout = () => timeout;
const inTime = () => performance.now() + 1_000;

describe("waitFor", () => {
  test("settles as the work does, and leaves nothing behind", async () => {
    const { signal, listeners, added } = countingController();
    const failure = new Error("work");
    const limits = { deadline: inTime(), signal, onTimeout };
    await expect(waitFor(Promise.resolve(1), limits)).resolves.toBe(1);
    await expect(waitFor(Promise.reject(failure), limits)).rejects.toBe(failure);
    expect(added()).toBe(2);
    expect(listeners()).toBe(0);
  });

  test("takes thenables for promises", async () => {
    const five = thenable<number>((resolve) => resolve(5));
    await expect(waitFor(five, { deadline: inTime(), signal: undefined, onTimeout })).resolves.toBe(5);
  });

  test.each([
    ["an error", new Error("stop")],
    ["a string", "stop"],
    ["null", null],
    ["0", 0],
  ])("rejects with the signal's reason itself: %s", async (_name, reason) => {
    const { signal, abort, listeners } = countingController();
    const waiting = waitFor(never, { deadline: inTime(), signal, onTimeout });
    abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(listeners()).toBe(0);
  });

  test("rejects at once for a signal that has aborted before", async () => {
    const signal = AbortSignal.abort("before");
    await expect(waitFor(never, { deadline: inTime(), signal, onTimeout })).rejects.toBe("before");
    await expect(waitFor(Promise.resolve(1), { deadline: inTime(), signal, onTimeout })).rejects.toBe(
      "before",
    );
  });

  test("rejects with the caller's error when the deadline passes, and makes it only then", async () => {
    const { signal, listeners } = countingController();
    const makeError = vi.fn(onTimeout);
    const waiting = waitFor(never, { deadline: performance.now() + 5, signal, onTimeout: makeError });
    expect(makeError).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5);
    await expect(waiting).rejects.toBe(timeout);
    expect(makeError).toHaveBeenCalledOnce();
    expect(listeners()).toBe(0);
  });

  test("swallows what becomes of the work after it was given up", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { promise, reject } = (() => {
      let rejectWork: (error: Error) => void = () => undefined;
      const work = new Promise<never>((_resolve, rejectIt) => {
        rejectWork = rejectIt;
      });
      return { promise: work, reject: rejectWork };
    })();
    const waiting = waitFor(promise, {
      deadline: Number.POSITIVE_INFINITY,
      signal: AbortSignal.abort("stop"),
      onTimeout,
    });
    await expect(waiting).rejects.toBe("stop");
    reject(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
