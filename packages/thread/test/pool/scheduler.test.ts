import { GuardError } from "@guardhost/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GuardThread } from "../../src/pool/guard-thread.js";
import { Scheduler } from "../../src/pool/scheduler.js";
import { ThreadLease } from "../../src/pool/thread-lease.js";
import type { Wish } from "../../src/pool/waiter.js";
import { FakeNesting, nested } from "../support/fake-nesting.js";
import { fakeHost } from "../support/fake-pool.js";

const realTurn = () => new Promise((resolve) => realSetImmediate(resolve));
const realSetImmediate = setImmediate;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(async () => {
  // Whoever was served leaves no timer behind for long.
  await pass(10);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Lets so many milliseconds pass. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await realTurn();
}

/** Lets so many milliseconds pass, and what they bring about happen, but lets the event loop turn only once. */
async function passQuickly(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await realTurn();
}

/** Lets happen what does not need the event loop. */
async function settle(): Promise<void> {
  for (let hop = 0; hop < 20; hop++) await undefined;
}

interface FakeThread {
  channels: number;
  failure: GuardError | undefined;
  hasStarted: boolean;
  readonly drops: number[];
  readonly lease: ThreadLease;
  readonly isIdle: boolean;
}

/** A scheduler of threads that do nothing. */
function fakeScheduler({ maxThreads = 2, maxWaitingCalls = 100, canStart = (): boolean => true } = {}) {
  const started: GuardThread[] = [];
  const idle: GuardThread[] = [];
  const scheduler = new Scheduler({
    maxThreads,
    maxWaitingCalls,
    startThread: () => {
      if (!canStart()) throw new GuardError("ENGINE_UNAVAILABLE", "no more");
      const thread: FakeThread = {
        channels: 0,
        failure: undefined,
        hasStarted: true,
        drops: [],
        lease: new ThreadLease(),
        get isIdle() {
          return this.failure === undefined && this.lease.isFree;
        },
      };
      started.push(thread as unknown as GuardThread);
      return thread as unknown as GuardThread;
    },
    onIdle: (thread) => idle.push(thread),
  });
  /** Queues, and notes in `outcome` what came of it. */
  const queue = (wish: Partial<Wish> = {}) => {
    const waiter = scheduler.queue({
      thread: undefined,
      host: fakeHost(),
      nesting: undefined,
      pinned: false,
      deadline: Number.POSITIVE_INFINITY,
      signal: undefined,
      ...wish,
    });
    const place: { outcome: unknown; message?: string } = { outcome: "waits" };
    scheduler.turnOf(waiter).then(
      (thread) => {
        place.outcome = thread ?? "moves";
      },
      (error) => {
        place.outcome = error.code ?? error;
        place.message = error.message;
      },
    );
    return place;
  };
  return { scheduler, started, idle, queue };
}

/** Starts as many threads and leases them all. */
async function busyThreads(count: number, options: Parameters<typeof fakeScheduler>[0] = {}) {
  const made = fakeScheduler({ maxThreads: count, ...options });
  for (let index = 0; index < count; index++) {
    made.queue();
    await pass(5);
  }
  expect(made.started.length).toBe(count);
  return { ...made, threads: made.started as [GuardThread, GuardThread, ...GuardThread[]] };
}

describe("an opening", () => {
  test("starts a thread when there is none", async () => {
    const { queue, started } = fakeScheduler();
    const opening = queue();
    await pass(0);
    expect(opening.outcome).toBe(started[0]);
  });

  test("gets the thread that was warmed, of which there is one", async () => {
    const { scheduler, queue, started, idle } = fakeScheduler();
    scheduler.warm();
    scheduler.warm();
    expect(idle).toEqual(started);
    const opening = queue();
    await pass(0);
    expect([opening.outcome, started.length]).toEqual([started[0], 1]);
  });

  test("says why no thread can be started, which warming does not", async () => {
    const { scheduler, queue, started } = fakeScheduler({ canStart: () => false });
    scheduler.warm();
    const opening = queue();
    await pass(0);
    expect([opening.outcome, started.length]).toEqual(["ENGINE_UNAVAILABLE", 0]);
  });

  test("waits 5 ms for a thread that is busy before another one is started", async () => {
    const { queue, started, scheduler } = fakeScheduler();
    queue();
    const [soon, late] = [queue(), queue()];
    await pass(4);
    expect(started.length).toBe(1);
    scheduler.release(started[0] as GuardThread);
    await pass(0);
    expect(soon.outcome).toBe(started[0]);
    await pass(1);
    expect(late.outcome).toBe(started[1]);
  });

  test("is refused when no thread can be started", async () => {
    const { queue } = fakeScheduler({ canStart: () => false });
    const opening = queue();
    await pass(0);
    expect(opening.outcome).toBe("ENGINE_UNAVAILABLE");
  });

  test("waits in order of arrival when all threads are busy", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    const [first, second] = [queue(), queue()];
    await pass(1_000);
    scheduler.release(threads[1]);
    await pass(0);
    expect([first.outcome, second.outcome]).toEqual([threads[1], "waits"]);
    scheduler.release(threads[0]);
    await pass(0);
    expect(second.outcome).toBe(threads[0]);
  });
});

describe("a call whose thread is busy", () => {
  test("gets it when it is free within 5 ms, although another one is idle", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    scheduler.release(threads[1]);
    const call = queue({ thread: threads[0] });
    await pass(4);
    expect(call.outcome).toBe("waits");
    scheduler.release(threads[0]);
    await pass(0);
    expect(call.outcome).toBe(threads[0]);
  });

  test("gets it when it was free in time, and only the event loop is late", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    scheduler.release(threads[1]);
    const call = queue({ thread: threads[0] });
    vi.advanceTimersByTime(5);
    // Its answer has been there; timers come before it.
    scheduler.release(threads[0]);
    await pass(0);
    expect(call.outcome).toBe(threads[0]);
  });

  test("moves after 5 ms when another one is idle, which is kept for it", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    scheduler.release(threads[1]);
    const host = fakeHost();
    const call = queue({ thread: threads[0], host });
    await passQuickly(5);
    expect(call.outcome).toBe("moves");
    const [stranger, opening] = [queue(), queue({ host })];
    await settle();
    expect([stranger.outcome, opening.outcome]).toEqual(["waits", threads[1]]);
    scheduler.release(threads[1]);
    await settle();
    expect(stranger.outcome).toBe(threads[1]);
  });

  test("moves to a thread that is kept for it until the event loop has turned, no longer", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    scheduler.release(threads[1]);
    const call = queue({ thread: threads[0] });
    await passQuickly(5);
    const stranger = queue();
    await settle();
    expect([call.outcome, stranger.outcome]).toEqual(["moves", "waits"]);
    await pass(0);
    expect(stranger.outcome).toBe(threads[1]);
  });

  test("moves to a thread that is started for it", async () => {
    const { queue, started } = fakeScheduler({ maxThreads: 2 });
    queue();
    const call = queue({ thread: started[0] as GuardThread });
    await pass(5);
    expect(call.outcome).toBe("moves");
    expect(started.length).toBe(2);
    await pass(2);
  });

  test.each([
    { name: "is pinned", wish: { pinned: true }, canStart: true },
    { name: "has nowhere to go", wish: {}, canStart: false },
  ])("waits as long as it takes when it $name", async ({ wish, canStart }) => {
    const { queue, scheduler, started } = fakeScheduler({ canStart: () => canStart || started.length === 0 });
    queue();
    await pass(0);
    const call = queue({ thread: started[0] as GuardThread, ...wish });
    await pass(10_000);
    expect(call.outcome).toBe("waits");
    scheduler.release(started[0] as GuardThread);
    await pass(0);
    expect(call.outcome).toBe(started[0]);
  });

  test("leaves a thread that others wait for to them, as long as its own is not in a long call", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    // Both threads are in calls of a moment, over and over.
    const foreign = queue({ thread: threads[0] });
    const own = queue({ thread: threads[1] });
    scheduler.release(threads[1]);
    await pass(0);
    expect([foreign.outcome, own.outcome]).toEqual(["waits", threads[1]]);
    scheduler.release(threads[0]);
    await pass(0);
    expect(foreign.outcome).toBe(threads[0]);
  });

  test("competes for other threads once its own has been in a call for 20 ms", async () => {
    const { queue, scheduler, threads } = await busyThreads(2);
    await pass(20);
    const foreign = queue({ thread: threads[0] });
    await pass(10);
    const own = queue({ thread: threads[1] });
    scheduler.release(threads[1]);
    await settle();
    expect([foreign.outcome, own.outcome]).toEqual(["moves", "waits"]);
    await pass(0);
    expect(own.outcome).toBe(threads[1]);
  });
});

describe("a session that has more to do on its thread", () => {
  test("goes before those who wait, but only if it comes at once", async () => {
    const { queue, scheduler, threads } = await busyThreads(1, {});
    const host = fakeHost();
    const stranger = queue();
    scheduler.release(threads[0], host);
    expect(scheduler.tryLease(threads[0], fakeHost())).toBe(false);
    expect(scheduler.tryLease(threads[0], host)).toBe(true);
    scheduler.release(threads[0], host);
    await settle();
    expect(stranger.outcome).toBe("waits");
    await pass(0);
    expect(stranger.outcome).toBe(threads[0]);
  });

  test("keeps nobody waiting where nobody waits", async () => {
    const { scheduler, threads, idle } = await busyThreads(1);
    scheduler.release(threads[0], fakeHost());
    expect(idle).toEqual([threads[0]]);
    expect(scheduler.tryLease(threads[0], fakeHost())).toBe(true);
  });
});

describe("a nested call", () => {
  test("gets a spare thread for each that is parked, and no more", async () => {
    const { queue, scheduler, threads, started } = await busyThreads(1);
    const [first, second] = [queue({ nesting: nested() }), queue({ nesting: nested() })];
    await pass(100);
    expect([first.outcome, second.outcome]).toEqual(["waits", "waits"]);
    scheduler.park(threads[0]);
    await pass(0);
    expect([first.outcome, second.outcome]).toEqual([started[1], "waits"]);
    expect(scheduler.spares).toBe(1);
    scheduler.park(started[1] as GuardThread);
    await pass(0);
    expect(second.outcome).toBe(started[2]);
  });

  test("moves at once from a thread that is parked", async () => {
    const { queue, scheduler, threads, started } = await busyThreads(1);
    scheduler.park(threads[0]);
    const call = queue({ thread: threads[0], nesting: nested() });
    await pass(0);
    expect(call.outcome).toBe("moves");
    expect(started.length).toBe(2);
    await pass(2);
  });

  test("gets a spare thread that is free before one is started, and leaves none to others", async () => {
    const { queue, scheduler, threads, started } = await busyThreads(1);
    scheduler.park(threads[0]);
    queue({ nesting: nested() });
    await pass(0);
    scheduler.release(started[1] as GuardThread);
    const [plain, inner] = [queue(), queue({ nesting: nested() })];
    await pass(50);
    expect([plain.outcome, inner.outcome]).toEqual(["waits", started[1]]);
    scheduler.unpark(threads[0]);
    scheduler.release(threads[0]);
    await pass(0);
    // As many calls run as there may be.
    expect(plain.outcome).toBe("waits");
    scheduler.release(started[1] as GuardThread);
    await pass(0);
    expect([threads[0], started[1]]).toContain(plain.outcome);
  });

  test.each<[what: string, isPinned: boolean, outcome: string]>([
    ["moves", false, "moves"],
    ["is refused if its instance is pinned", true, "BUSY"],
  ])("%s as soon as it is one, from a thread that is parked", async (_what, pinned, outcome) => {
    const { queue, scheduler, threads } = await busyThreads(1);
    scheduler.park(threads[0]);
    const nesting = new FakeNesting();
    const call = queue({ thread: threads[0], nesting, pinned });
    await pass(50);
    expect(call.outcome).toBe("waits");
    nesting.begin();
    await settle();
    expect(call.outcome).toBe(outcome);
    expect(nesting.callbacks.size).toBe(0);
    await pass(2);
  });

  test.each(["before", "after"])(
    "for a pinned instance is refused when its thread is parked %s",
    async (when) => {
      const { queue, scheduler, threads } = await busyThreads(1);
      if (when === "before") scheduler.park(threads[0]);
      const call = queue({ thread: threads[0], nesting: nested(), pinned: true });
      if (when === "after") scheduler.park(threads[0]);
      await pass(0);
      expect(call.outcome).toBe("BUSY");
    },
  );
});

describe("waiting", () => {
  test("ends with the deadline, and nothing is lost", async () => {
    const { queue, threads } = await busyThreads(1);
    const call = queue({ thread: threads[0], deadline: performance.now() + 30 });
    await pass(29);
    expect(call.outcome).toBe("waits");
    await pass(1);
    expect(call.outcome).toBe("TIMEOUT");
    await pass(5);
  });

  test("says of threads that do not start that they do not, unless one has", async () => {
    const { queue, scheduler, started, threads } = await busyThreads(1);
    const [first] = started as unknown as [FakeThread];
    const refusal = async () => {
      const call = queue({ thread: undefined, deadline: performance.now() + 30 });
      await pass(40);
      return call.message;
    };
    first.hasStarted = false;
    expect(await refusal()).toContain("did not start in time");
    first.hasStarted = true;
    expect(await refusal()).toContain("waited for a thread");
    scheduler.remove(threads[0]);
    queue();
    await pass(5);
    const [, second] = started as unknown as [FakeThread, FakeThread];
    second.hasStarted = false;
    expect(await refusal()).toContain("waited for a thread");
  });

  test("ends with an abort, also when the turn came in the same moment", async () => {
    const { queue, scheduler, threads } = await busyThreads(1);
    const controller = new AbortController();
    const { signal } = controller;
    const [call, next] = [queue({ thread: threads[0], signal }), queue({ thread: threads[0] })];
    scheduler.release(threads[0]);
    controller.abort("enough");
    await pass(0);
    expect([call.outcome, next.outcome]).toEqual(["enough", threads[0]]);
  });

  test("is refused beyond the limit", async () => {
    const { queue, scheduler, threads } = await busyThreads(1, { maxWaitingCalls: 1 });
    const [first, second] = [queue({ thread: threads[0] }), queue({ thread: threads[0] })];
    await pass(0);
    expect([first.outcome, second.outcome]).toEqual(["waits", "BUSY"]);
    scheduler.release(threads[0]);
  });

  test("ends when the thread is gone: the call moves", async () => {
    const { queue, scheduler, threads } = await busyThreads(1);
    const call = queue({ thread: threads[0], pinned: true });
    Object.assign(threads[0], { failure: new GuardError("TRAPPED", "gone") });
    scheduler.remove(threads[0]);
    await pass(0);
    expect(call.outcome).toBe("moves");
  });

  test("ends when the scheduler is closed, and does not begin afterwards", async () => {
    const { queue, scheduler, threads } = await busyThreads(1);
    const call = queue({ thread: threads[0] });
    scheduler.close(new GuardError("CLOSED", "closed"));
    const late = queue();
    await pass(5);
    expect([call.outcome, late.outcome]).toEqual(["CLOSED", "CLOSED"]);
  });
});
