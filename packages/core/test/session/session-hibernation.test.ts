import { afterEach, describe, expect, test, vi } from "vitest";
import type { GuardSession } from "../../src/session/guard-session.js";
import { type EngineCall, gate } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

afterEach(() => {
  vi.useRealTimers();
});

const { signal } = new AbortController();

/** A guest that asks its backend once in every call, and answers as ever. */
async function asking({ host }: EngineCall): Promise<undefined> {
  await host.callBackend("tool", null, { signal });
}

describe("beyond maxLiveInstances", () => {
  test("sessions take turns, each under its own policy, and no more instances are open", async () => {
    const { guard, engine } = await loadFake({}, { maxLiveInstances: 1 });
    const sessions = { all: guard.session(), public: guard.session() };
    for (const [repos, session] of Object.entries(sessions)) {
      await session.labelAgent({ "allow-only": { repos, "min-integrity": "none" } });
    }
    expect([sessions.all.health, sessions.public.health]).toEqual(["hibernated", "ready"]);
    await sessions.all.labelResource(call);
    await sessions.all.labelResource(call);
    await sessions.public.labelResource(call);
    expect(engine.events.slice(1)).toEqual([
      "open 1",
      "label_agent 1",
      "close 1",
      "open 2",
      "label_agent 2",
      "close 2",
      "open 3",
      "label_agent 3",
      "label_resource 3",
      "label_resource 3",
      "close 3",
      "open 4",
      "label_agent 4",
      "label_resource 4",
    ]);
    const policies = engine.calls.filter(({ operation }) => operation === "label_agent");
    expect(policies.map(({ text }) => text.includes('"all"'))).toEqual([true, false, true, false]);
  });

  test.each<[what: string, options: object, engineMax: number | undefined, limit: number]>([
    ["the option", { maxLiveInstances: 3 }, 2, 3],
    ["the engine", {}, 2, 2],
    ["64", {}, undefined, 64],
  ])("that is what %s says", async (_what, options, engineMax, limit) => {
    const { guard } = await loadFake(engineMax === undefined ? {} : { maxLiveInstances: engineMax }, {
      policyRequired: false,
      ...options,
    });
    const sessions = Array.from({ length: limit + 2 }, () => guard.session());
    for (const session of sessions) await session.labelResource(call);
    expect(guard.stats()).toMatchObject({ liveInstances: limit, hibernations: 2, sessions: limit + 3 });
    expect(sessions.filter(({ health }) => health === "hibernated")).toEqual(sessions.slice(0, 2));
  });

  test("the calls of one session make room for those of others, one after the other", async () => {
    const { guard, engine } = await loadFake({}, { maxLiveInstances: 1, policyRequired: false });
    const [busy, other] = [guard.session(), guard.session()];
    const order: string[] = [];
    const made = (name: string, session: GuardSession) =>
      session.labelResource({ name }).then(() => order.push(name));
    await Promise.all([
      made("busy 1", busy),
      made("busy 2", busy),
      made("other 1", other),
      made("other 2", other),
    ]);
    expect(order).toEqual(["busy 1", "other 1", "busy 2", "other 2"]);
    expect(engine.opens).toHaveLength(4);
  });

  test("sessions without a policy come back without one", async () => {
    const { guard, engine } = await loadFake({}, { maxLiveInstances: 1, policyRequired: false });
    const [one, other] = [guard.session(), guard.session()];
    for (const session of [one, other, one]) await session.labelResource(call);
    expect(engine.calls.map(({ operation }) => operation)).toEqual(Array(3).fill("label_resource"));
  });

  test("a closed session frees its place, and one that was put away has nothing to close", async () => {
    const { guard, engine } = await loadFake({}, { maxLiveInstances: 1, policyRequired: false });
    const [one, other] = [guard.session(), guard.session()];
    await one.labelResource(call);
    await one.close();
    await other.labelResource(call);
    expect(other.health).toBe("ready");
    await guard.session().labelResource(call);
    await other.close();
    expect(engine.events.filter((event) => event === "close 2")).toHaveLength(1);
    expect(guard.stats()).toMatchObject({ liveInstances: 1, hibernations: 1 });
  });

  test("a call that fails gives its place to the next that waits", async () => {
    const { opened, open } = gate();
    const { guard } = await loadFake(
      {
        open: (instance) =>
          instance === 1 ? opened.then(() => Promise.reject(new Error("no room"))) : undefined,
      },
      { maxLiveInstances: 1, policyRequired: false },
    );
    const failing = thrownBy(() => guard.session().labelResource(call));
    const waiting = guard.session().labelResource(call);
    expect(guard.stats()).toMatchObject({ liveInstances: 1, waitingCalls: 1 });
    open();
    expect(await failing).toMatchObject({ message: "no room" });
    await waiting;
    expect(guard.stats()).toMatchObject({ liveInstances: 1, waitingCalls: 0 });
  });

  test("an opening that was given up counts until it is over", async () => {
    const { opened, open } = gate();
    const { guard, engine } = await loadFake(
      { open: (instance) => (instance === 1 ? opened : undefined) },
      { maxLiveInstances: 1, policyRequired: false },
    );
    const controller = new AbortController();
    const aborted = thrownBy(() => guard.session().labelResource(call, { signal: controller.signal }));
    await nextTurn();
    controller.abort("stop");
    expect(await aborted).toBe("stop");
    const next = guard.session().labelResource(call);
    await nextTurn();
    expect(engine.opens).toHaveLength(1);
    open();
    await next;
    expect(engine.events.slice(1)).toEqual(["open 1", "close 1", "open 2", "label_resource 2"]);
  });
});

describe("a backend that calls another session", () => {
  /** Two sessions with room for one instance. The first one's backend does `act`. */
  async function crowded(act: (other: GuardSession) => unknown) {
    const { guard, engine } = await loadFake(
      { answer: (running) => (running.instance === 1 ? asking(running) : undefined) },
      { maxLiveInstances: 1, policyRequired: false, timeoutMs: Number.POSITIVE_INFINITY },
    );
    const other = guard.session();
    const session = guard.session({ backend: () => act(other) });
    return { guard, engine, session, other };
  }

  test("gets one more instance, and tells the engine that somebody waits for it", async () => {
    const { session, engine, guard } = await crowded((other) => other.labelResource(call));
    await session.labelResource(call);
    expect(engine.opens.map(({ nested }) => nested)).toEqual([false, true]);
    expect(engine.calls.map(({ nested }) => nested)).toEqual([false, true]);
    // The excess was put away as soon as its call had ended.
    expect(engine.events.slice(1)).toEqual([
      "open 1",
      "label_resource 1",
      "open 2",
      "label_resource 2",
      "close 2",
    ]);
    expect(guard.stats().liveInstances).toBe(1);
  });

  test("gets it through a call that waited for room before, and that it has to wait for", async () => {
    const { opened, open } = gate();
    const { session, other, engine } = await crowded(async (other) => {
      await opened;
      return other.labelResource({ name: "inner" });
    });
    const running = session.labelResource(call);
    await nextTurn();
    const waiting = other.labelResource({ name: "waiting" });
    await nextTurn();
    expect(engine.opens).toHaveLength(1);
    open();
    await Promise.all([running, waiting]);
    expect(engine.calls.map(({ input }) => (input as { tool_name: string }).tool_name)).toEqual([
      "list_issues",
      "waiting",
      "inner",
    ]);
    // The call that waited had room made for it because of the one behind it, and says so.
    expect(engine.opens[1]?.nested).toBe(true);
  });

  test.each<[what: string, close: (session: GuardSession) => Promise<void>]>([
    ["closes", (other) => other.close()],
    ["disposes of", async (other) => other[Symbol.asyncDispose]()],
  ])("and %s it lets it have its instance first", async (_what, close) => {
    const { opened, open } = gate();
    const { session, other } = await crowded(async (other) => {
      await opened;
      await close(other);
    });
    const running = session.labelResource(call);
    await nextTurn();
    const waiting = other.labelResource(call);
    await nextTurn();
    open();
    await Promise.all([running, waiting]);
    expect(other.health).toBe("closed");
  });

  test("that outlives its call waits like any other", async () => {
    const { opened, open } = gate();
    let left: Promise<unknown> | undefined;
    const { session, other, engine } = await crowded((other) => {
      left = opened.then(() => other.labelResource(call));
    });
    await session.labelResource(call);
    open();
    await left;
    expect(engine.opens[1]?.nested).toBe(false);
    expect(other.health).toBe("ready");
  });
});

test("an instance that nobody uses is put away after a while, and made anew for the next call", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const { session, guard, engine } = await loadFake({}, { timeoutMs: Number.POSITIVE_INFINITY });
  await session.labelAgent(policy);
  vi.advanceTimersByTime(60_000);
  expect(session.health).toBe("ready");
  vi.advanceTimersByTime(60_000);
  expect(session.health).toBe("hibernated");
  expect(guard.stats()).toMatchObject({ liveInstances: 0, hibernations: 1 });
  await session.labelResource(call);
  expect(engine.events.slice(3)).toEqual(["close 1", "open 2", "label_agent 2", "label_resource 2"]);
  await guard.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("ten thousand sessions cost no instances", async () => {
  const { guard, engine } = await loadFake({}, { maxLiveInstances: 8 });
  const sessions = Array.from({ length: 10_000 }, () => guard.session());
  expect(guard.stats()).toMatchObject({ sessions: 10_001, liveInstances: 0 });
  await Promise.all(sessions.slice(0, 100).map((session) => session.labelAgent(policy)));
  expect(guard.stats()).toMatchObject({ liveInstances: 8, waitingCalls: 0 });
  await guard.close();
  expect(engine.events.filter((event) => event.startsWith("close "))).toHaveLength(101);
  expect(guard.stats()).toMatchObject({ sessions: 0, liveInstances: 0 });
});
