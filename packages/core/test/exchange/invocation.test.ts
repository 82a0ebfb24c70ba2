import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GuardLimits, GuardLogLevel } from "../../src/engine.js";
import { GuardError } from "../../src/error.js";
import { Invocation } from "../../src/exchange/invocation.js";
import { jsonHostOf } from "../../src/exchange/json-host.js";
import { resolveLimits } from "../../src/limits.js";
import { bytesOf } from "../support/bytes.js";
import { countingController } from "../support/counting-signal.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

function invocationWith(
  limits: Partial<GuardLimits> = {},
  log: (level: string, text: string) => void = () => undefined,
) {
  return new Invocation(jsonHostOf({ callBackend: () => null, log }), resolveLimits(limits));
}

const failure = new GuardError("ENGINE_UNAVAILABLE", "first");

describe("a call that is stopped", () => {
  test("is not, at first", () => {
    const invocation = invocationWith();
    expect(invocation.stopped).toBeUndefined();
    invocation.begin({ signal: new AbortController().signal, timeoutMs: 10 });
    expect(invocation.stopped).toBeUndefined();
    invocation.beforeAttempt();
  });

  test.each([
    ["an error", new Error("stop")],
    ["nothing", undefined],
    ["null", null],
  ])("by its signal has the signal's own reason: %s", async (_what, reason) => {
    const controller = new AbortController();
    const invocation = invocationWith();
    invocation.begin({ signal: controller.signal });
    controller.abort(reason);
    expect(invocation.stopped).toEqual({ reason: controller.signal.reason });
    expect(await thrownBy(() => invocation.beforeAttempt())).toBe(controller.signal.reason);
  });

  test("by failures has the first of them", async () => {
    const invocation = invocationWith();
    invocation.begin({});
    invocation.fail(failure);
    invocation.fail(new GuardError("CLOSED", "second"));
    expect(invocation.stopped).toEqual({ reason: failure });
    expect(await thrownBy(() => invocation.beforeAttempt())).toBe(failure);
  });

  test("by an exit has the exit for a reason, whatever else there is, and for ever", () => {
    const invocation = invocationWith();
    invocation.begin({ signal: AbortSignal.abort("stop") });
    invocation.fail(failure);
    invocation.exited(-1);
    invocation.exited(0);
    const exit = {
      code: "EXITED",
      lost: true,
      message: "the guard exited with code 4294967295; its instance is discarded",
    };
    expect(invocation.stopped?.reason).toMatchObject(exit);
    invocation.end();
    invocation.begin({});
    expect(invocation.stopped?.reason).toMatchObject(exit);
  });

  test("leaves nothing to the next call", () => {
    const invocation = invocationWith();
    const controller = new AbortController();
    invocation.begin({ signal: controller.signal });
    invocation.fail(failure);
    invocation.answers.keep("tool", "{}", bytesOf("kept"));
    invocation.end();
    expect(invocation.answers.find("tool", "{}")).toBeUndefined();
    controller.abort();
    invocation.begin({});
    expect(invocation.stopped).toBeUndefined();
    invocation.beforeAttempt();
  });
});

describe("the deadline", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const timeout = (lost: boolean) => ({ code: "TIMEOUT", lost, message: "the guard did not answer in time" });

  test("ends the call between two attempts, and costs no instance there", async () => {
    const invocation = invocationWith();
    invocation.begin({ timeoutMs: 10 });
    invocation.beforeAttempt();
    vi.advanceTimersByTime(9);
    invocation.beforeAttempt();
    vi.advanceTimersByTime(1);
    expect(await thrownBy(() => invocation.beforeAttempt())).toMatchObject(timeout(false));
  });

  test("ends the guest's way to the backend, and the call with it", () => {
    const invocation = invocationWith();
    invocation.begin({ timeoutMs: 10 });
    expect(invocation.takeBackendCall()).toBe(true);
    vi.advanceTimersByTime(10);
    expect(invocation.takeBackendCall()).toBe(false);
    expect(invocation.stopped?.reason).toMatchObject(timeout(true));
  });

  test("ends the wait for the backend, tells the backend, and fails the call", async () => {
    const invocation = invocationWith();
    invocation.begin({ timeoutMs: 10 });
    const { backendSignal } = invocation;
    const waiting = invocation.untilStopped(new Promise(() => undefined));
    vi.advanceTimersByTime(10);
    expect(await thrownBy(() => waiting)).toMatchObject(timeout(true));
    expect(backendSignal.reason).toMatchObject(timeout(true));
    expect(invocation.stopped?.reason).toMatchObject(timeout(true));
  });

  test("makes an answer that comes after it worthless, and costs no instance", async () => {
    const invocation = invocationWith();
    invocation.begin({ timeoutMs: 10 });
    vi.advanceTimersByTime(9);
    invocation.afterAnswer();
    vi.advanceTimersByTime(1);
    expect(await thrownBy(() => invocation.afterAnswer())).toMatchObject(timeout(false));
    invocation.end();
    invocation.begin({ timeoutMs: 10 });
    invocation.afterAnswer();
  });

  test("comes second where something else has stopped the call", async () => {
    const invocation = invocationWith();
    const controller = new AbortController();
    invocation.begin({ timeoutMs: 10, signal: controller.signal });
    controller.abort("stop");
    vi.advanceTimersByTime(10);
    expect(await thrownBy(() => invocation.afterAnswer())).toBe("stop");
  });

  test("is none where no time is given", async () => {
    const invocation = invocationWith();
    invocation.begin({});
    vi.advanceTimersByTime(1e12);
    invocation.afterAnswer();
    invocation.beforeAttempt();
    invocation.beforeAttempt();
    expect(invocation.takeBackendCall()).toBe(true);
  });
});

describe("the backend's signal", () => {
  test("is one for all backend calls of a call, and another for the next", () => {
    const invocation = invocationWith();
    invocation.begin({});
    const first = invocation.backendSignal;
    expect(invocation.backendSignal).toBe(first);
    invocation.end();
    invocation.begin({});
    expect(invocation.backendSignal).not.toBe(first);
  });

  test("follows the caller's, before and after", () => {
    const invocation = invocationWith();
    invocation.begin({ signal: AbortSignal.abort("before") });
    expect(invocation.backendSignal.reason).toBe("before");
    invocation.end();
    const controller = new AbortController();
    invocation.begin({ signal: controller.signal });
    const { backendSignal } = invocation;
    expect(backendSignal.aborted).toBe(false);
    controller.abort("after");
    expect(backendSignal.reason).toBe("after");
  });

  test("follows a failure of the call", () => {
    const invocation = invocationWith();
    invocation.begin({});
    const { backendSignal } = invocation;
    invocation.fail(failure);
    expect(backendSignal.reason).toBe(failure);
  });

  test("listens to the caller's only where there is a backend call, and no longer than the call lasts", async () => {
    const { signal, listeners, added } = countingController();
    const invocation = invocationWith();
    invocation.begin({ signal });
    expect(added()).toBe(0);
    await invocation.untilStopped(Promise.resolve());
    await invocation.untilStopped(Promise.resolve());
    expect(listeners()).toBe(1);
    invocation.end();
    expect(listeners()).toBe(0);
  });
});

test("calls that share a signal share the listener, too", () => {
  const { signal, abort, listeners } = countingController();
  const invocations = Array.from({ length: 20 }, () => invocationWith());
  const backendSignals = invocations.map((invocation) => {
    invocation.begin({ signal });
    return invocation.backendSignal;
  });
  expect(listeners()).toBe(1);
  abort("stop");
  expect(backendSignals.map(({ reason }) => reason)).toEqual(Array(20).fill("stop"));
  for (const invocation of invocations) invocation.end();
  expect(listeners()).toBe(0);
});

describe("the budget of backend calls", () => {
  test("is fresh in each call, and used up for good within it", () => {
    const invocation = invocationWith({ maxBackendCalls: 2 });
    for (let call = 0; call < 2; call++) {
      invocation.begin({});
      const taken = Array.from({ length: 5 }, () => invocation.takeBackendCall());
      expect(taken).toEqual([true, true, false, false, false]);
      invocation.end();
    }
  });

  test("may be nothing", () => {
    const invocation = invocationWith({ maxBackendCalls: 0 });
    invocation.begin({});
    expect(invocation.takeBackendCall()).toBe(false);
  });

  test.each<[when: string, prepare: (invocation: Invocation) => void]>([
    ["no call runs yet", () => undefined],
    [
      "the call is over",
      (invocation) => {
        invocation.begin({});
        invocation.end();
      },
    ],
    [
      "the call has failed",
      (invocation) => {
        invocation.begin({});
        invocation.fail(failure);
      },
    ],
    [
      "the guest has exited",
      (invocation) => {
        invocation.begin({});
        invocation.exited(0);
      },
    ],
    ["the call is aborted", (invocation) => invocation.begin({ signal: AbortSignal.abort() })],
  ])("is nothing when %s", (_when, prepare) => {
    const invocation = invocationWith();
    prepare(invocation);
    expect(invocation.takeBackendCall()).toBe(false);
  });
});

describe("the log", () => {
  function logging(maxLogBytes: number, broken = false) {
    const lines: [level: string, text: string][] = [];
    const invocation = invocationWith({ maxLogBytes }, (level, text) => {
      lines.push([level, text]);
      if (broken) throw new Error("disk full");
    });
    return { invocation, lines };
  }
  const usedUp = (bytes: number): [string, string] => [
    "warn",
    `(the log budget of ${bytes} bytes per call is used up)`,
  ];

  test("takes text and bytes, at every level", () => {
    const { invocation, lines } = logging(1_000);
    for (const level of ["debug", "info", "warn", "error"] satisfies GuardLogLevel[]) {
      invocation.log(level, `é ${level}`);
      invocation.log(level, bytesOf(`é ${level}`));
    }
    expect(lines).toEqual(
      ["debug", "debug", "info", "info", "warn", "warn", "error", "error"].map((level) => [
        level,
        `é ${level}`,
      ]),
    );
  });

  test.each<
    [what: string, budget: number, texts: (string | Uint8Array)[], lines: [string, string][], left: number]
  >([
    [
      "all that fits",
      10,
      ["abc", "def"],
      [
        ["info", "abc"],
        ["info", "def"],
      ],
      4,
    ],
    [
      "up to the last byte, and says so",
      6,
      ["abc", "def", "ghi"],
      [["info", "abc"], ["info", "def"], usedUp(6)],
      0,
    ],
    [
      "what is left, and says so once",
      4,
      ["abc", "def", "ghi", "jkl"],
      [["info", "abc"], ["info", "d"], usedUp(4)],
      0,
    ],
    ["half a character as such", 4, ["aé", "é"], [["info", "aé"], ["info", "\ufffd"], usedUp(4)], 0],
    ["invalid UTF-8 replaced", 10, [Uint8Array.of(0x61, 0xff, 0x62)], [["info", "a\ufffdb"]], 7],
    ["a byte order mark like any other character", 10, ["\ufeffa"], [["info", "\ufeffa"]], 6],
    // Free of charge, they could be any number.
    ["empty messages at a byte each", 2, ["", "", "", ""], [["info", ""], ["info", ""], usedUp(2)], 0],
    ["nothing without a budget", 0, ["abc", ""], [], 0],
  ])("takes %s", (_what, budget, texts, expected, left) => {
    const { invocation, lines } = logging(budget);
    invocation.begin({});
    for (const text of texts) invocation.log("info", text);
    expect(lines).toEqual(expected);
    expect(invocation.logBytesLeft).toBe(left);
  });

  test("has a fresh budget in each call, and one before the first", () => {
    const { invocation, lines } = logging(3);
    invocation.log("info", "from the start section");
    invocation.begin({});
    invocation.log("info", "one");
    invocation.end();
    // What was printed and passed on late belongs to the call that is over.
    invocation.log("info", "late");
    invocation.begin({});
    invocation.log("info", "two");
    expect(lines.filter(([level]) => level === "info").map(([, text]) => text)).toEqual([
      "fro",
      "one",
      "two",
    ]);
  });

  test("does not let a failure of its own out, and goes on", () => {
    const { invocation, lines } = logging(10, true);
    invocation.log("info", "abc");
    invocation.log("info", "def");
    expect(lines).toEqual([
      ["info", "abc"],
      ["info", "def"],
    ]);
    expect(invocation.logBytesLeft).toBe(4);
  });
});
