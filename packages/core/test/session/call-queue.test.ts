import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { CallQueue } from "../../src/session/call-queue.js";
import { SessionCall } from "../../src/session/session-call.js";
import { countingController } from "../support/counting-signal.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

/** A call that waits for as long as it takes. */
const willing = (signal?: AbortSignal) => new SessionCall("label_resource", Number.POSITIVE_INFINITY, signal);
const closed = new GuardError("CLOSED", "closed");

describe("entering", () => {
  test("is immediate while nobody is in, and a wait otherwise", async () => {
    const queue = new CallQueue(1);
    expect(queue.enter(willing())).toBeUndefined();
    const waiting = queue.enter(willing());
    expect(waiting).toBeInstanceOf(Promise);
    queue.leave();
    await waiting;
    queue.leave();
    expect(queue.enter(willing())).toBeUndefined();
  });

  test("is in order of arrival", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      await queue.enter(willing());
      order.push(number);
      queue.leave();
    });
    queue.leave();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  test.each([0, 1, 3])("is refused as BUSY when %d wait already", async (maxWaiting) => {
    const queue = new CallQueue(maxWaiting);
    queue.enter(willing());
    const waiting = Array.from({ length: maxWaiting }, () => queue.enter(willing()));
    expect(() => queue.enter(willing())).toThrow(
      expect.objectContaining({
        code: "BUSY",
        lost: false,
        message: `${maxWaiting} calls wait for this session already; try again later`,
      }),
    );
    for (const entered of waiting) {
      queue.leave();
      await entered;
    }
    queue.leave();
    expect(queue.enter(willing())).toBeUndefined();
  });

  test("makes room for another waiter as soon as one has given up", async () => {
    const queue = new CallQueue(1);
    queue.enter(willing());
    const controller = new AbortController();
    const first = queue.enter(willing(controller.signal));
    controller.abort("stop");
    expect(await thrownBy(() => first)).toBe("stop");
    const second = queue.enter(willing());
    queue.leave();
    await second;
  });
});

describe("waiting", () => {
  test("ends with the signal's reason, and the listener is gone either way", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    const aborted = countingController();
    const served = countingController();
    const reason = new Error("stop");
    const first = queue.enter(willing(aborted.signal));
    const second = queue.enter(willing(served.signal));
    expect([aborted.listeners(), served.listeners()]).toEqual([1, 1]);
    aborted.abort(reason);
    expect(await thrownBy(() => first)).toBe(reason);
    queue.leave();
    await second;
    expect([aborted.listeners(), served.listeners()]).toEqual([0, 0]);
  });

  test("costs one listener for each signal, however many wait with it", async () => {
    const queue = new CallQueue(100);
    queue.enter(willing());
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    const { signal, listeners, added } = countingController();
    const waiting = Array.from({ length: 30 }, () => queue.enter(willing(signal)));
    expect([added(), listeners()]).toEqual([1, 1]);
    for (const [i, entered] of waiting.entries()) {
      queue.leave();
      await entered;
      expect(listeners()).toBe(i < 29 ? 1 : 0);
    }
    await nextTurn();
    process.off("warning", warn);
    expect(warnings).toEqual([]);
  });

  test("ends with one abort for all that share the signal, and for no others", async () => {
    const queue = new CallQueue(100);
    queue.enter(willing());
    const { signal, abort, listeners } = countingController();
    const waiting = Array.from({ length: 30 }, () => queue.enter(willing(signal)));
    const other = queue.enter(willing(new AbortController().signal));
    abort("stop");
    for (const refused of waiting) expect(await thrownBy(() => refused)).toBe("stop");
    expect(listeners()).toBe(0);
    queue.leave();
    await other;
  });

  test("does not begin for a signal that has aborted before", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    expect(await thrownBy(() => queue.enter(willing(AbortSignal.abort("before"))))).toBe("before");
    queue.leave();
    expect(queue.enter(willing())).toBeUndefined();
  });

  describe("with a deadline", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    });
    afterEach(() => {
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    });

    const late = {
      code: "TIMEOUT",
      lost: false,
      message: "the deadline passed while the call waited for its session",
    };

    test("ends when it passes, for those alone whose it is", async () => {
      const queue = new CallQueue(10);
      queue.enter(willing());
      const hurried = queue.enter(new SessionCall("label_resource", 10, undefined));
      const patient = queue.enter(new SessionCall("label_resource", 20, undefined));
      vi.advanceTimersByTime(10);
      expect(await thrownBy(() => hurried)).toMatchObject(late);
      queue.leave();
      await patient;
    });

    test("ends with the turn when both come in the same moment, and the turn is not lost", async () => {
      const queue = new CallQueue(10);
      queue.enter(willing());
      const hurried = queue.enter(new SessionCall("label_resource", 10, undefined));
      const next = queue.enter(willing());
      queue.leave();
      vi.advanceTimersByTime(10);
      // Either is right; whoever did not come in has passed the turn on.
      const outcome = await (hurried as Promise<void>).then(
        () => "entered",
        () => "late",
      );
      if (outcome === "entered") queue.leave();
      await next;
      queue.leave();
      expect(queue.enter(willing())).toBeUndefined();
    });
  });

  test("ends with the abort when it comes in the same moment as the turn, which goes to the next", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    const controller = new AbortController();
    const first = queue.enter(willing(controller.signal));
    const second = queue.enter(willing());
    queue.leave();
    controller.abort("stop");
    expect(await thrownBy(() => first)).toBe("stop");
    await second;
    queue.leave();
    expect(queue.enter(willing())).toBeUndefined();
  });
});

describe("closing", () => {
  test("refuses who waits and who comes, and waits for who is in", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    const waiting = [queue.enter(willing()), queue.enter(willing())];
    let drained = false;
    const closing = queue.close(closed).then(() => {
      drained = true;
    });
    for (const refused of waiting) expect(await thrownBy(() => refused)).toBe(closed);
    expect(() => queue.enter(willing())).toThrow(closed);
    await nextTurn();
    expect(drained).toBe(false);
    queue.leave();
    await closing;
    expect(() => queue.enter(willing())).toThrow(closed);
  });

  test("is done at once where nobody is in", async () => {
    await new CallQueue(1).close(closed);
  });

  test("waits for one that was let in a moment before", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    const next = queue.enter(willing());
    queue.leave();
    let drained = false;
    const closing = queue.close(closed).then(() => {
      drained = true;
    });
    await next;
    await nextTurn();
    expect(drained).toBe(false);
    queue.leave();
    await closing;
  });

  test("is not held up by one that gave up in the moment in which it was let in", async () => {
    const queue = new CallQueue(10);
    queue.enter(willing());
    const controller = new AbortController();
    const next = queue.enter(willing(controller.signal));
    queue.leave();
    controller.abort("stop");
    const closing = queue.close(closed);
    expect(await thrownBy(() => next)).toBe("stop");
    await closing;
  });
});

describe("any order of events", () => {
  /** What happens next; numbers choose among the callers there are. */
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "call" as const }) },
    { weight: 4, arbitrary: fc.constant({ kind: "leave" as const }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("abort" as const), who: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("microtasks" as const),
        count: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "settle" as const }) },
  );

  interface Caller {
    readonly controller: AbortController;
    state: "waiting" | "in" | "refused" | "left";
  }

  /** Plays `events` on a queue, and checks after each that no two are in. */
  async function play(
    events: readonly (typeof event extends fc.Arbitrary<infer E> ? E : never)[],
    queue: CallQueue,
  ) {
    const callers: Caller[] = [];
    const arrived: Caller[] = [];
    const inside = () => callers.filter(({ state }) => state === "in");
    const call = async () => {
      const caller: Caller = { controller: new AbortController(), state: "waiting" };
      callers.push(caller);
      try {
        const turn = queue.enter(willing(caller.controller.signal));
        if (turn !== undefined) await turn;
        caller.state = "in";
        arrived.push(caller);
        expect(inside()).toHaveLength(1);
      } catch (error) {
        expect(GuardError.is(error, "BUSY") || error === "stop" || error === closed).toBe(true);
        caller.state = "refused";
      }
    };
    const calls: Promise<void>[] = [];
    for (const next of events) {
      if (next.kind === "call") calls.push(call());
      else if (next.kind === "abort" && callers.length > 0)
        callers[next.who % callers.length]?.controller.abort("stop");
      else if (next.kind === "microtasks") for (let i = 0; i < next.count; i++) await null;
      else if (next.kind === "settle") await nextTurn();
      else if (next.kind === "leave") {
        const [caller] = inside();
        if (caller === undefined) continue;
        caller.state = "left";
        queue.leave();
      }
    }
    return { callers, arrived, calls, inside };
  }

  test("lets one in at a time, in order, loses no turn, and ends idle", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 40, size: "max" }),
        fc.nat(4),
        async (events, maxWaiting) => {
          const queue = new CallQueue(maxWaiting);
          const { callers, arrived, calls, inside } = await play(events, queue);
          // Everyone who is in leaves, until nobody is; nobody waits for ever.
          for (await nextTurn(); inside().length > 0; await nextTurn()) {
            for (const caller of inside()) caller.state = "left";
            queue.leave();
          }
          await Promise.all(calls);
          expect(callers.filter(({ state }) => state === "waiting")).toEqual([]);
          expect(arrived).toEqual(callers.filter((caller) => arrived.includes(caller)));
          expect(queue.enter(willing())).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  test("can be ended by closing, which settles everyone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30, size: "max" }), async (events) => {
        const queue = new CallQueue(10);
        const { callers, calls, inside } = await play(events, queue);
        let drained = false;
        const closing = queue.close(closed).then(() => {
          drained = true;
        });
        await Promise.all(calls);
        await nextTurn();
        expect(drained).toBe(inside().length === 0);
        for (const caller of inside()) {
          caller.state = "left";
          queue.leave();
        }
        await closing;
        expect(callers.filter(({ state }) => state === "waiting" || state === "in")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
