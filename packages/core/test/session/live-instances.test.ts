import { afterEach, describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { AwaitedCalls } from "../../src/session/awaited-calls.js";
import { type InstanceHolder, LiveInstances } from "../../src/session/live-instances.js";
import { SessionCall } from "../../src/session/session-call.js";
import { countingController } from "../support/counting-signal.js";
import { gate } from "../support/fake-engine.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

afterEach(() => {
  vi.useRealTimers();
});

/** A session's instance, as far as places go. */
class Holder implements InstanceHolder {
  inCall = false;
  lastUsed = 0;
  isLive = false;
  readonly nesting = new AwaitedCalls();
  readonly hibernations: string[] = [];
  onHibernate: () => void = () => undefined;

  hibernate(reason: string): void {
    expect(this.inCall).toBe(false);
    expect(this.isLive).toBe(true);
    this.isLive = false;
    this.hibernations.push(reason);
    this.onHibernate();
  }
}

const made = (options: Partial<ConstructorParameters<typeof LiveInstances>[0]> = {}) =>
  new LiveInstances({ maxLiveInstances: 2, idleMs: Number.POSITIVE_INFINITY, pinned: false, ...options });

const call = (timeoutMs = Number.POSITIVE_INFINITY, signal?: AbortSignal) =>
  new SessionCall("label_resource", timeoutMs, signal);

/** Begins a call of `holder`, for which an instance is opened as soon as there is a place for it. */
function begin(live: LiveInstances, holder: Holder, begun = call()): Promise<void> | undefined {
  holder.inCall = true;
  const open = () => {
    holder.isLive = true;
  };
  const place = live.enter(holder, begun);
  if (place === undefined) open();
  return place?.then(open);
}

/** Makes calls, one after the other, that do not have to wait. */
function use(live: LiveInstances, ...holders: readonly Holder[]): void {
  for (const holder of holders) {
    expect(begin(live, holder)).toBeUndefined();
    live.rest(holder);
  }
}

const holders = <const Count extends number>(count: Count) =>
  Array.from({ length: count }, () => new Holder()) as unknown as Count extends 2
    ? [Holder, Holder]
    : Count extends 3
      ? [Holder, Holder, Holder]
      : [Holder, Holder, Holder, Holder];

describe("a place", () => {
  test("is kept between calls, and given once", () => {
    const live = made();
    const [one, other] = holders(2);
    use(live, one, other, one, one);
    expect(live.size).toBe(2);
    expect([one.hibernations, other.hibernations]).toEqual([[], []]);
  });

  test("is made by putting away what was not used for longest", () => {
    const live = made({ maxLiveInstances: 3 });
    const [one, two, three, four] = holders(4);
    use(live, one, two, three, one, four);
    expect([one, two, three, four].map(({ isLive }) => isLive)).toEqual([true, false, true, true]);
    expect(two.hibernations).toEqual(["room"]);
    use(live, two);
    expect([one, two, three, four].map(({ isLive }) => isLive)).toEqual([true, true, false, true]);
    expect(live.size).toBe(3);
  });

  test("is free again when a call ends without an instance, and when its holder leaves", () => {
    const live = made();
    const [one, two] = holders(2);
    use(live, one, two);
    one.inCall = true;
    one.isLive = false;
    live.rest(one);
    expect(live.size).toBe(1);
    live.leave(two);
    live.leave(two);
    expect(live.size).toBe(0);
  });

  test("is not lost to who takes it while another is told of a hibernation", async () => {
    const live = made({ maxLiveInstances: 1 });
    const [one, two, three] = holders(3);
    use(live, one);
    one.onHibernate = () => void begin(live, two);
    const waiting = begin(live, three);
    expect([live.size, two.isLive, live.waiting]).toEqual([1, true, 1]);
    live.rest(two);
    await waiting;
    expect([live.size, two.hibernations]).toEqual([1, ["room"]]);
  });

  test("is taken by an opening that nobody wants any more, until it settles", async () => {
    for (const settle of [() => undefined, () => Promise.reject(new Error("late"))]) {
      const live = made({ maxLiveInstances: 1 });
      const [one, other] = holders(2);
      const { opened, open } = gate();
      begin(live, one);
      one.isLive = false;
      live.abandon(opened.then(settle));
      live.rest(one);
      expect(live.size).toBe(1);
      const waiting = begin(live, other);
      await nextTurn();
      expect(live.waiting).toBe(1);
      open();
      await waiting;
      expect(live.size).toBe(1);
    }
  });
});

describe("where all are in calls, a further call", () => {
  function full() {
    const live = made();
    const busy = holders(2);
    for (const holder of busy) begin(live, holder);
    return { live, busy };
  }

  test("waits in order of arrival for those that end, which are put away", async () => {
    const { live, busy } = full();
    const [one, other] = holders(2);
    const order: string[] = [];
    const waiting = [
      begin(live, one)?.then(() => order.push("one")),
      begin(live, other)?.then(() => order.push("other")),
    ];
    expect(live.waiting).toBe(2);
    live.rest(busy[1]);
    expect([busy[1].hibernations, live.size, live.waiting]).toEqual([["room"], 2, 1]);
    live.rest(busy[0]);
    await Promise.all(waiting);
    expect(order).toEqual(["one", "other"]);
    // Nobody waits any more, so what ends now stays.
    live.rest(one);
    live.rest(other);
    expect([one.isLive, other.isLive, live.size]).toEqual([true, true, 2]);
  });

  test("comes after those that wait, even if it could have come at once", async () => {
    const { live, busy } = full();
    const [one, other] = holders(2);
    const first = begin(live, one);
    live.rest(busy[0]);
    const second = begin(live, other);
    await first;
    expect([one.isLive, other.isLive]).toEqual([true, false]);
    live.rest(one);
    await second;
  });

  test("waits until its deadline, and says what for", async () => {
    const { live, busy } = full();
    const [late, patient] = holders(2);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const failing = thrownBy(() => begin(live, late, call(10)));
    const waiting = begin(live, patient);
    vi.advanceTimersByTime(10);
    expect(await failing).toMatchObject({
      code: "TIMEOUT",
      lost: false,
      message: "the deadline passed while all 2 instances of the guard were in calls",
    });
    expect(vi.getTimerCount()).toBe(0);
    live.rest(late);
    live.rest(busy[0]);
    await waiting;
  });

  test("waits until it is aborted, and leaves no listener", async () => {
    const { live } = full();
    const { signal, abort, listeners } = countingController();
    const waiting = thrownBy(() => begin(live, new Holder(), call(10_000, signal)));
    expect(listeners()).toBe(1);
    abort("stop");
    expect(await waiting).toBe("stop");
    expect([listeners(), live.waiting, live.size]).toEqual([0, 0, 2]);
  });

  test("waits unless a thousand others do, which those that others wait for need not care about", async () => {
    const { live } = full();
    const { signal, abort } = countingController();
    const waiting = Array.from({ length: 1_000 }, () => begin(live, new Holder(), call(10_000, signal)));
    const outcomes = Promise.allSettled(waiting);
    const [tooMany, awaited] = holders(2);
    expect(await thrownBy(() => begin(live, tooMany))).toMatchObject({ code: "BUSY", lost: false });
    awaited.nesting.add();
    expect(begin(live, awaited)).toBeUndefined();
    expect(live.waiting).toBe(1_000);
    abort("stop");
    await outcomes;
    begin(live, tooMany);
    expect(live.waiting).toBe(1);
  });

  test("waits until it is refused", async () => {
    const { live } = full();
    const [one, other] = holders(2);
    const refused = thrownBy(() => begin(live, one));
    begin(live, other);
    live.refuse(one, "closed");
    expect(await refused).toBe("closed");
    expect(live.waiting).toBe(1);
    live.refuse(new Holder(), "who does not wait");
  });

  test("passes its place on when it is aborted in the same moment", async () => {
    const { live, busy } = full();
    const [first, second] = holders(2);
    const controller = new AbortController();
    const aborted = thrownBy(() => begin(live, first, call(10_000, controller.signal)));
    const waiting = begin(live, second);
    live.rest(busy[0]);
    controller.abort("stop");
    expect(await aborted).toBe("stop");
    await waiting;
    expect([live.size, live.waiting]).toEqual([2, 0]);
  });

  test.each<[when: string, isAwaitedAtFirst: boolean]>([
    ["at once", true],
    ["as soon as somebody waits for it", false],
  ])(
    "that others wait for gets one more place %s; the excess is put away when a call ends",
    async (_when, isAwaitedAtFirst) => {
      const { live, busy } = full();
      const [awaited, other] = holders(2);
      const waiting = begin(live, other);
      if (isAwaitedAtFirst) awaited.nesting.add();
      const place = begin(live, awaited);
      if (isAwaitedAtFirst) expect(place).toBeUndefined();
      else {
        awaited.nesting.add();
        await place;
      }
      expect([live.size, live.waiting]).toEqual([3, 1]);
      awaited.nesting.add();
      expect(live.size).toBe(3);
      // One of the three goes for the limit, and one more for who waits.
      live.rest(awaited);
      expect([awaited.hibernations, live.size, live.waiting]).toEqual([["room"], 2, 1]);
      live.rest(busy[1]);
      await waiting;
      expect([busy[1].hibernations, live.size]).toEqual([["room"], 2]);
    },
  );

  test("that others wait for puts an idle one away rather than take one more place", () => {
    const { live, busy } = full();
    live.rest(busy[0]);
    const awaited = new Holder();
    awaited.nesting.add();
    use(live, awaited);
    expect([busy[0].hibernations, live.size]).toEqual([["room"], 2]);
  });
});

describe("instances that are pinned", () => {
  test("are not put away, and nobody waits for them or gets one more", () => {
    const live = made({ pinned: true, maxLiveInstances: 1 });
    const [one, other] = holders(2);
    use(live, one, one);
    other.nesting.add();
    let error: unknown;
    try {
      begin(live, other);
    } catch (thrown) {
      error = thrown;
    }
    expect(GuardError.is(error, "BUSY")).toBe(true);
    expect((error as Error).message).toContain("all 1 instances");
    live.leave(one);
    use(live, other);
  });

  test("need no timer", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    use(made({ pinned: true, idleMs: 10 }), new Holder());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an instance that nobody uses", () => {
  function timed() {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    return made({ idleMs: 1_000, maxLiveInstances: 10 });
  }

  test("is put away after idleMs, twice that at the most; then there is no timer", () => {
    const live = timed();
    const [one, other] = holders(2);
    expect(vi.getTimerCount()).toBe(0);
    use(live, one, other);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(999);
    use(live, one);
    vi.advanceTimersByTime(1);
    expect([one.isLive, other.isLive]).toEqual([true, true]);
    use(live, one);
    vi.advanceTimersByTime(1_000);
    expect([one.isLive, other.hibernations]).toEqual([true, ["idle"]]);
    vi.advanceTimersByTime(1_000);
    expect([one.hibernations, live.size, vi.getTimerCount()]).toEqual([["idle"], 0, 0]);
    use(live, one);
    expect(vi.getTimerCount()).toBe(1);
  });

  test("is none while it is in a call, however long that takes", () => {
    const live = timed();
    const holder = new Holder();
    begin(live, holder);
    vi.advanceTimersByTime(10_000);
    expect(holder.isLive).toBe(true);
    live.rest(holder);
    vi.advanceTimersByTime(2_000);
    expect(holder.hibernations).toEqual(["idle"]);
  });

  test("is not looked for any more once its guard is closed, or where it may stay for ever", () => {
    const live = timed();
    use(live, new Holder());
    live.close();
    expect(vi.getTimerCount()).toBe(0);
    use(made(), new Holder());
    expect(vi.getTimerCount()).toBe(0);
  });

  test("does not keep a process alive", () => {
    const unref = vi.fn();
    const spy = vi.spyOn(globalThis, "setTimeout").mockReturnValue({ unref } as never);
    use(made({ idleMs: 1_000 }), new Holder());
    expect(unref).toHaveBeenCalledOnce();
    spy.mockRestore();
  });
});
