import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { INTERRUPT_PAUSE, INTERRUPT_STOP } from "../../src/abi/abi.js";
import { GuardError } from "../../src/error.js";
import { type InterruptOptions, Interrupts } from "../../src/exchange/interrupts.js";
import { Invocation } from "../../src/exchange/invocation.js";
import { jsonHostOf } from "../../src/exchange/json-host.js";
import { defaultLimits } from "../../src/limits.js";
import { nextTurn } from "../../src/time/next-turn.js";

beforeEach(async () => {
  // What guests computed in the test before counts until the event loop has turned.
  await nextTurn();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A guest that was entered, and whose countdown stands at 1,000. */
function entered(options: InterruptOptions = {}, call: { signal?: AbortSignal; timeoutMs?: number } = {}) {
  const host = jsonHostOf({ callBackend: () => null, log: () => undefined });
  const invocation = new Invocation(host, defaultLimits);
  const interrupts = new Interrupts(invocation, options);
  const countdown = { value: 1_000 };
  interrupts.attach(countdown);
  invocation.begin(call);
  interrupts.enter();
  return { invocation, interrupts, countdown };
}

/** What a check answers after `milliseconds` of the guest. */
function checkAfter(interrupts: Interrupts, milliseconds: number): number {
  vi.advanceTimersByTime(milliseconds);
  return interrupts.check();
}

/** What the last check answers where the guest runs for so many milliseconds, and checks after each. */
function checkFor(interrupts: Interrupts, milliseconds: number): number {
  let answer = interrupts.check();
  for (let i = 0; i < milliseconds; i++) answer = checkAfter(interrupts, 1);
  return answer;
}

describe("how far a guest counts", () => {
  test("grows by a quarter at most while checks come early", () => {
    const { interrupts } = entered();
    const first = interrupts.check();
    const second = interrupts.check();
    expect(second / first).toBeCloseTo(1.25, 3);
  });

  test("has an upper limit", () => {
    const { interrupts } = entered();
    for (let i = 0; i < 100; i++) interrupts.check();
    expect(interrupts.check()).toBe(200_000);
  });

  test("drops at once to what takes a quarter of a millisecond, but not to nothing", () => {
    const { interrupts } = entered();
    const first = interrupts.check();
    expect(checkAfter(interrupts, 10)).toBe(Math.trunc(first * (0.25 / 10)));
    expect(checkAfter(interrupts, 10_000)).toBe(200);
  });

  test.each<[string, (interrupts: Interrupts) => void]>([
    ["between two entries", (interrupts) => interrupts.enter()],
    ["while the host was at work", (interrupts) => interrupts.hurry()],
  ])("says nothing about time that passes %s", (_, pass) => {
    const { interrupts } = entered();
    const before = interrupts.check();
    pass(interrupts);
    expect(checkAfter(interrupts, 1_000)).toBe(before);
  });

  test("grows where a check comes early although the host was at work as well", () => {
    const { interrupts } = entered();
    const before = interrupts.check();
    interrupts.enter();
    expect(interrupts.check() / before).toBeCloseTo(1.25, 3);
    // The host makes this check come at once, whatever the guest does.
    interrupts.hurry();
    expect(interrupts.check() / before).toBeCloseTo(1.25, 3);
  });
});

describe("a check stops the guest", () => {
  test("when the deadline has passed, which is on record then", () => {
    const { invocation, interrupts } = entered({}, { timeoutMs: 50 });
    expect(checkAfter(interrupts, 49)).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 1)).toBe(INTERRUPT_STOP);
    expect(invocation.stopped?.reason).toMatchObject({ code: "TIMEOUT", lost: true });
  });

  test("when the caller has aborted", () => {
    const controller = new AbortController();
    const { interrupts } = entered({}, { signal: controller.signal });
    expect(interrupts.check()).toBeGreaterThan(0);
    controller.abort();
    expect(interrupts.check()).toBe(INTERRUPT_STOP);
  });

  test("when the guest has exited, or the call failed in a way that costs the instance", () => {
    const exited = entered();
    exited.invocation.exited(0);
    expect(exited.interrupts.check()).toBe(INTERRUPT_STOP);
    const failed = entered();
    failed.invocation.fail(new GuardError("CLOSED", "closed", { lost: true }));
    expect(failed.interrupts.check()).toBe(INTERRUPT_STOP);
  });

  test("not when the call has failed but its instance may live", () => {
    const { invocation, interrupts } = entered();
    invocation.fail(new GuardError("ENGINE_UNAVAILABLE", "a promise"));
    expect(interrupts.check()).toBeGreaterThan(0);
  });

  test("when somebody outside says so", () => {
    const reason = new GuardError("CLOSED", "not wanted any more", { lost: true });
    let stopped: GuardError | undefined;
    const { invocation, interrupts } = entered({ stopReason: () => stopped });
    expect(interrupts.check()).toBeGreaterThan(0);
    stopped = reason;
    expect(interrupts.check()).toBe(INTERRUPT_STOP);
    expect(invocation.stopped?.reason).toBe(reason);
  });

  test("for good, whatever happens afterwards", () => {
    let stopped: GuardError | undefined = new GuardError("CLOSED", "not wanted any more", { lost: true });
    const { invocation, interrupts } = entered({ stopReason: () => stopped });
    interrupts.check();
    stopped = undefined;
    invocation.end();
    invocation.begin({});
    expect(interrupts.check()).toBe(INTERRUPT_STOP);
  });
});

describe("an allocator", () => {
  test.each(["alloc", "dealloc"])("has 20 ms: %s is named when it takes longer", (name) => {
    const { invocation, interrupts } = entered();
    interrupts.enter(name);
    expect(checkFor(interrupts, 19)).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 1)).toBe(INTERRUPT_STOP);
    expect(invocation.stopped?.reason).toMatchObject({
      code: "TIMEOUT",
      lost: true,
      message: expect.stringContaining(`${name} took more than the 20 ms`),
    });
  });

  test("has them once in a call, however often it is entered", () => {
    const { invocation, interrupts } = entered();
    for (const name of ["alloc", "alloc", "", "dealloc"]) {
      interrupts.enter(name || undefined);
      expect(checkFor(interrupts, 6)).toBeGreaterThan(0);
    }
    interrupts.enter("dealloc");
    expect(checkFor(interrupts, 1)).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 1)).toBe(INTERRUPT_STOP);
    expect(invocation.stopped?.reason).toMatchObject({ message: expect.stringContaining("dealloc") });
  });

  test("has all of them again in the next call", () => {
    const { invocation, interrupts } = entered();
    for (let call = 0; call < 3; call++) {
      interrupts.begin(invocation.begin({}));
      interrupts.enter("alloc");
      expect(checkFor(interrupts, 19)).toBeGreaterThan(0);
      invocation.end();
    }
  });

  test("is hardly charged for the time in which its thread did not run", () => {
    const { interrupts } = entered();
    interrupts.enter("alloc");
    interrupts.check();
    for (let pause = 0; pause < 9; pause++) expect(checkAfter(interrupts, 10)).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 10)).toBe(INTERRUPT_STOP);
  });

  test("is never suspended; the label function after it is, if it took too long", () => {
    const { interrupts } = entered({ sliceMs: 4 });
    interrupts.enter("alloc");
    interrupts.check();
    expect(checkAfter(interrupts, 10)).toBeGreaterThan(0);
    interrupts.enter();
    expect(interrupts.check()).toBe(INTERRUPT_PAUSE);
  });
});

describe("time slices", () => {
  test("a guest is suspended once it has run for a slice, and goes on for another", async () => {
    const { interrupts } = entered({ sliceMs: 4 });
    interrupts.check();
    expect(checkAfter(interrupts, 3)).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 1)).toBe(INTERRUPT_PAUSE);
    const paused = interrupts.pause();
    await vi.runAllTimersAsync();
    expect(await paused).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 3)).toBeGreaterThan(0);
    expect(checkAfter(interrupts, 1)).toBe(INTERRUPT_PAUSE);
  });

  test("one slice is for all guests that run without a turn of the event loop", async () => {
    const first = entered({ sliceMs: 4 });
    first.interrupts.check();
    expect(checkAfter(first.interrupts, 3)).toBeGreaterThan(0);
    const second = entered({ sliceMs: 4 });
    expect(second.interrupts.check()).toBeGreaterThan(0);
    await Promise.resolve();
    expect(checkAfter(second.interrupts, 1)).toBe(INTERRUPT_PAUSE);
    expect(first.interrupts.begin(first.invocation.begin({}))).toBe(true);
    await nextTurn();
    expect(first.interrupts.begin(first.invocation.begin({}))).toBe(false);
    expect(second.interrupts.check()).toBeGreaterThan(0);
  });

  test("what ends the call meanwhile stops the guest when it is resumed", async () => {
    const controller = new AbortController();
    const { interrupts } = entered({ sliceMs: 4 }, { signal: controller.signal });
    const paused = interrupts.pause();
    controller.abort();
    await vi.runAllTimersAsync();
    expect(await paused).toBe(INTERRUPT_STOP);
  });

  test("there are none where nothing can suspend the guest", () => {
    const { interrupts } = entered();
    interrupts.check();
    expect(checkAfter(interrupts, 100_000)).toBeGreaterThan(0);
  });
});

describe("work of the host", () => {
  test("counts towards the next check, which it cannot put off beyond the next instruction", () => {
    const { interrupts, countdown } = entered();
    interrupts.charge(300);
    expect(countdown.value).toBe(700);
    interrupts.charge(2 ** 40);
    expect(countdown.value).toBe(-1);
  });

  test("can call for a check at once", () => {
    const { interrupts, countdown } = entered();
    interrupts.hurry();
    expect(countdown.value).toBe(-1);
  });
});
