import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GuardError } from "../../src/error.js";
import { Breaker, type BreakerOptions } from "../../src/session/breaker.js";
import type { GuardEvent } from "../../src/session/guard-event.js";
import { silentLogger } from "../../src/session/logger.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A breaker, and what it tells. */
function made(options: BreakerOptions = {}) {
  const events: GuardEvent[] = [];
  const breaker = new Breaker(options, (event) => events.push(event), silentLogger);
  const lose = (times: number, principal?: string) => {
    for (let i = 0; i < times; i++) breaker.lost(principal);
  };
  /** "in", "probe", or the message of the refusal. */
  const ask = (principal?: string) => {
    try {
      const probe = breaker.admit(principal);
      probe?.end();
      return probe === undefined ? "in" : "probe";
    } catch (error) {
      expect(error).toMatchObject({ code: "UNHEALTHY", lost: false });
      return (error as GuardError).message;
    }
  };
  return { breaker, events, lose, ask };
}

const refused = (seconds: number) =>
  `the guard has failed too often and is left alone for another ${seconds} s`;

describe("a breaker", () => {
  test("lets calls through until the fifth loss within 60 s, refuses them for 30 s, and says for how long", () => {
    const { ask, lose, events, breaker } = made();
    lose(4);
    expect(ask()).toBe("in");
    expect(breaker.isTripped(undefined)).toBe(false);
    lose(1);
    expect(ask()).toBe(refused(30));
    expect(breaker.isTripped(undefined)).toBe(true);
    expect(events).toEqual([{ type: "tripped", principal: undefined, pauseMs: 30_000 }]);
    vi.advanceTimersByTime(29_500);
    expect(ask()).toBe(refused(1));
    vi.advanceTimersByTime(500);
    expect(ask()).toBe("probe");
  });

  test.each<[gap: number, outcome: string]>([
    [14_999, refused(30)],
    [15_000, "in"],
  ])("counts what was lost within its window, %d ms apart", (gap, outcome) => {
    const { ask, lose } = made();
    for (let i = 0; i < 5; i++) {
      lose(1);
      if (i < 4) vi.advanceTimersByTime(gap);
    }
    expect(ask()).toBe(outcome);
  });

  test("takes other numbers", () => {
    const { ask, lose } = made({ maxLosses: 2, windowMs: 10, pauseMs: 2_000 });
    lose(1);
    vi.advanceTimersByTime(10);
    lose(1);
    expect(ask()).toBe("in");
    lose(1);
    expect(ask()).toBe(refused(2));
  });

  test("keeps principals apart, and those without one together", () => {
    const { ask, lose } = made({ maxLosses: 1 });
    lose(1, "mallory");
    lose(1, "");
    expect([ask("mallory"), ask(""), ask("alice"), ask()]).toEqual([refused(30), refused(30), "in", "in"]);
    lose(1);
    expect([ask("alice"), ask()]).toEqual(["in", refused(30)]);
  });
});

describe("after the pause", () => {
  function paused() {
    const loaded = made({ maxLosses: 2 });
    loaded.lose(2);
    vi.advanceTimersByTime(30_000);
    return loaded;
  }

  test("one call at a time is let through", () => {
    const { breaker, ask } = paused();
    const probe = breaker.admit(undefined);
    expect(ask()).toBe(
      "the guard has failed too often and is left alone until another call has found out whether it is well again",
    );
    expect(breaker.isTripped(undefined)).toBe(true);
    // One that has found nothing out lets the next one try.
    probe?.end();
    expect(ask()).toBe("probe");
  });

  test("a guard that survives it is let alone no more, and what it lost before is forgotten", () => {
    const { breaker, ask, lose, events } = paused();
    const probe = breaker.admit(undefined);
    probe?.survived();
    probe?.end();
    expect(ask()).toBe("in");
    expect(breaker.isTripped(undefined)).toBe(false);
    expect(events.map(({ type }) => type)).toEqual(["tripped", "restored"]);
    lose(1);
    expect(ask()).toBe("in");
    lose(1);
    expect(ask()).toBe(refused(30));
  });

  test("one more loss begins another pause, and the probe that is over changes nothing", () => {
    const { breaker, ask, lose, events } = paused();
    const probe = breaker.admit(undefined);
    lose(1);
    probe?.survived();
    probe?.end();
    expect(ask()).toBe(refused(30));
    expect(events.map(({ type }) => type)).toEqual(["tripped", "tripped"]);
  });

  test("losses of calls that were let in before do not make it longer", () => {
    const { ask, lose, events } = made({ maxLosses: 2 });
    lose(2);
    vi.advanceTimersByTime(29_000);
    lose(10);
    expect(ask()).toBe(refused(1));
    expect(events).toHaveLength(1);
  });

  test("whoever stays away for another window is let in as if nothing had been", () => {
    const { breaker, ask } = paused();
    vi.advanceTimersByTime(59_999);
    expect(ask()).toBe("probe");
    vi.advanceTimersByTime(1);
    expect(ask()).toBe("in");
    expect(breaker.isTripped(undefined)).toBe(false);
  });
});

describe("what a breaker remembers", () => {
  test("is bounded: those that were quiet for longest are forgotten first, refused or not", () => {
    const { ask, lose } = made({ maxLosses: 2 });
    lose(2, "first");
    lose(1, "second");
    lose(2, "third");
    for (let i = 0; i < 9_997; i++) lose(1, `other ${i}`);
    expect([ask("first"), ask("third")]).toEqual([refused(30), refused(30)]);
    // Whoever loses once more is quiet no more, and comes last.
    lose(1, "second");
    lose(1, "one too many");
    expect([ask("first"), ask("second"), ask("third")]).toEqual(["in", refused(30), refused(30)]);
    // It is forgotten altogether: two more losses make it trip, not one.
    lose(1, "first");
    expect(ask("first")).toBe("in");
    lose(1, "first");
    expect(ask("first")).toBe(refused(30));
  });

  test("does not include a probe whose principal was forgotten, and has lost again since", () => {
    const { breaker, ask, lose, events } = made({ maxLosses: 1, pauseMs: 1 });
    lose(1, "first");
    vi.advanceTimersByTime(1);
    const probe = breaker.admit("first");
    for (let i = 0; i < 10_000; i++) lose(1, `other ${i}`);
    lose(1, "first");
    events.length = 0;
    probe?.survived();
    probe?.end();
    expect(events).toEqual([]);
    expect(ask("first")).toBe(refused(1));
  });
});
