import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import type { LoadGuardOptions } from "../../src/session/load-options.js";
import { type FakeEngineOptions, gate } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);

/** A guard whose calls may take for ever, and whose closing may take a second. */
function loadPatient(options: FakeEngineOptions, loading: Omit<LoadGuardOptions, "engine"> = {}) {
  return loadFake(options, {
    timeoutMs: Number.POSITIVE_INFINITY,
    loadTimeoutMs: Number.POSITIVE_INFINITY,
    closeTimeoutMs: 1_000,
    idleMs: Number.POSITIVE_INFINITY,
    policyRequired: false,
    ...loading,
  });
}

/** A guest whose calls end, as they must, when their instances are closed. */
function endless() {
  const { opened, open } = gate();
  return {
    answer: () =>
      opened.then(() => {
        throw new GuardError("CLOSED", "the guard was closed during the call", { lost: true });
      }),
    close: () => open(),
  };
}

const closed = { code: "CLOSED" };

describe("closing ends a call that has no end", () => {
  const message = "the session was closed, and the call had no more time";

  test.each(["session", "guard"] as const)("in its guard, for the %s", async (what) => {
    const loaded = await loadPatient(endless());
    const { session, engine } = loaded;
    const running = thrownBy(() => session.labelResource(call));
    await nextTurn();
    const closing = loaded[what].close();
    await nextTurn();
    vi.advanceTimersByTime(999);
    await nextTurn();
    expect(engine.events.at(-1)).toBe("label_resource 1");
    vi.advanceTimersByTime(1);
    await closing;
    expect(await running).toMatchObject({ ...closed, message, lost: true });
    // It is not taken for an instance that was given up, on which nothing was lost.
    expect(engine.opens).toHaveLength(1);
    expect(engine.events.filter((event) => event === "close 1")).toHaveLength(1);
  });

  test("in the replay of its policy", async () => {
    const { answer, close } = endless();
    const { session, engine } = await loadPatient({
      answer: ({ operation, instance }) => {
        if (instance === 1 && operation === "label_resource")
          throw new GuardError("TRAPPED", "gone", { lost: true });
        return instance === 2 ? answer() : undefined;
      },
      close: (instance) => instance === 2 && close(),
    });
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call));
    const running = thrownBy(() => session.labelResource(call));
    await nextTurn();
    const closing = session.close();
    vi.advanceTimersByTime(1_000);
    await closing;
    expect(await running).toMatchObject({ ...closed, message, lost: true });
    expect(engine.events.slice(5)).toEqual(["open 2", "label_agent 2", "close 2"]);
  });

  test("that is in a policySchema", async () => {
    const { session, engine } = await loadPatient(
      {},
      { policySchema: { "~standard": { version: 1, vendor: "test", validate: () => never } } },
    );
    const running = thrownBy(() => session.labelAgent({}));
    const closing = session.close();
    vi.advanceTimersByTime(1_000);
    await closing;
    expect(await running).toMatchObject({ ...closed, message, lost: false });
    expect(engine.events).toEqual(["compile"]);
  });

  test("that is being opened; an instance that opens after all is closed", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadPatient({ open: () => opened });
    const running = thrownBy(() => session.labelAgent(policy));
    await nextTurn();
    const closing = session.close();
    vi.advanceTimersByTime(1_000);
    await closing;
    expect(await running).toMatchObject({ ...closed, message, lost: false });
    open();
    await nextTurn();
    expect(engine.events).toEqual(["compile", "open 1", "close 1"]);
  });

  test("that waits for room, which the next one gets", async () => {
    const { opened, open } = gate();
    const { session, guard, engine } = await loadPatient(
      { answer: ({ instance }) => (instance === 1 ? opened : undefined) },
      { maxLiveInstances: 1 },
    );
    const busy = guard.session().labelResource(call);
    const running = thrownBy(() => session.labelResource(call));
    await nextTurn();
    const closing = session.close();
    const next = guard.session().labelResource(call);
    vi.advanceTimersByTime(1_000);
    await closing;
    expect(await running).toMatchObject({ ...closed, message, lost: false });
    open();
    await Promise.all([busy, next]);
    expect(engine.opens).toHaveLength(2);
  });

  test("and that does not count against the guard", async () => {
    const { session, guard } = await loadPatient(endless(), { breaker: { maxLosses: 1 } });
    const running = thrownBy(() => session.labelResource(call));
    await nextTurn();
    const closing = session.close();
    vi.advanceTimersByTime(1_000);
    await Promise.all([closing, running]);
    expect(guard.session().health).toBe("new");
  });

  test("but not one that ends in time, and then it leaves no timer", async () => {
    const { opened, open } = gate();
    const { session } = await loadPatient({ answer: () => opened });
    const running = session.labelResource(call);
    await nextTurn();
    const closing = session.close();
    vi.advanceTimersByTime(999);
    open();
    await Promise.all([running, closing]);
  });

  test("never, where closeTimeoutMs is Infinity", async () => {
    const { opened, open } = gate();
    const { session } = await loadPatient(
      { answer: () => opened },
      { closeTimeoutMs: Number.POSITIVE_INFINITY },
    );
    const running = session.labelResource(call);
    await nextTurn();
    const closing = session.close();
    vi.advanceTimersByTime(1e9);
    await nextTurn();
    expect(vi.getTimerCount()).toBe(0);
    open();
    await Promise.all([running, closing]);
  });
});

describe("closing does not wait for an engine for ever", () => {
  test("that does not end a call", async () => {
    const { session, guard, engine } = await loadPatient({ answer: () => never });
    void session.labelResource(call);
    await nextTurn();
    const closing = thrownBy(() => session.close());
    vi.advanceTimersByTime(1_000);
    await nextTurn();
    expect(engine.events.at(-1)).toBe("close 1");
    vi.advanceTimersByTime(1_000);
    expect(await closing).toMatchObject({
      code: "TIMEOUT",
      message: "the engine did not end the call that was running in time",
    });
    expect(guard.stats().sessions).toBe(0);
    await guard.close();
  });

  test("that does not end an instance", async () => {
    const { session, guard } = await loadPatient({ close: () => never });
    await session.labelResource(call);
    const closing = thrownBy(() => session.close());
    await nextTurn();
    vi.advanceTimersByTime(1_000);
    expect(await closing).toMatchObject({
      code: "TIMEOUT",
      message: "the engine did not end the instance in time",
    });
    expect(guard.stats().sessions).toBe(0);
    await guard.close();
  });

  test("that does not end a guard", async () => {
    const { guard } = await loadPatient({ closeGuard: () => never });
    const closing = thrownBy(() => guard.close()) as Promise<AggregateError>;
    await nextTurn();
    vi.advanceTimersByTime(1_000);
    expect((await closing).errors).toEqual([
      expect.objectContaining({ code: "TIMEOUT", message: "the engine did not end the guard in time" }),
    ]);
  });
});
