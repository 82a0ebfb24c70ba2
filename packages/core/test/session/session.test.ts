import { describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import type { CallOptions, GuardSession } from "../../src/session/guard-session.js";
import { countingController } from "../support/counting-signal.js";
import { gate, hanging } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { messageOf, thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

/** The three calls, for rules that hold for each. */
const calls: [name: string, make: (session: GuardSession, options?: CallOptions) => Promise<unknown>][] = [
  ["labelAgent", (session, options) => session.labelAgent(policy, options)],
  ["labelResource", (session, options) => session.labelResource(call, options)],
  ["labelResponse", (session, options) => session.labelResponse(call, null, options)],
];

describe("the calls of a session", () => {
  test("give the guard what the ABI prescribes, and the caller what it answers", async () => {
    const { session, engine } = await loadFake();
    await expect(session.labelAgent({ allowonly: { repos: "Public", integrity: "NONE" } })).resolves.toEqual({
      agent: { secrecy: ["s"], integrity: [] },
      mode: "filter",
    });
    await expect(session.labelResource(call)).resolves.toEqual({
      resource: { secrecy: ["r"], integrity: [] },
      operation: "read",
    });
    await expect(session.labelResponse(call, { content: [] })).resolves.toEqual({ kind: "unlabeled" });
    expect(engine.calls.map(({ input }) => input)).toEqual([
      { "allow-only": { repos: "public", "min-integrity": "none" } },
      { capabilities: {}, tool_args: { owner: "o" }, tool_name: "list_issues" },
      { capabilities: {}, tool_args: { owner: "o" }, tool_name: "list_issues", tool_result: { content: [] } },
    ]);
  });

  test("share one instance, which labelAgent opens afresh", async () => {
    const { session, engine } = await loadFake();
    expect(engine.events).toEqual(["compile"]);
    await session.labelAgent(policy);
    await session.labelResource(call);
    await session.labelAgent(policy);
    await session.labelResponse(call, null);
    expect(engine.events).toEqual([
      "compile",
      "open 1",
      "label_agent 1",
      "label_resource 1",
      "close 1",
      "open 2",
      "label_agent 2",
      "label_response 2",
    ]);
  });

  test("share nothing with those of another session", async () => {
    const { session, guard, engine } = await loadFake();
    const other = guard.session();
    await session.labelAgent(policy);
    await expect(other.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY" });
    await other.labelAgent(policy);
    await Promise.all([session.labelResource(call), other.labelResource(call)]);
    expect(engine.calls.map(({ instance }) => instance)).toEqual([1, 2, 1, 2]);
  });

  test("label what was passed, even if it changes before its turn comes", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({ open: () => opened });
    const given = structuredClone({ call, policy, result: { text: "before" } });
    const running = [
      session.labelAgent(given.policy),
      session.labelResource(given.call),
      session.labelResponse(given.call, given.result),
    ];
    given.policy["allow-only"].repos = "garbage";
    given.call.arguments.owner = "after";
    given.result.text = "after";
    open();
    await Promise.all(running);
    expect(JSON.stringify(engine.calls.map(({ input }) => input))).not.toMatch(/after|garbage/);
  });

  test.each(calls)("%s rejects, and does not throw, whatever is wrong", async (_name, make) => {
    const { session, guard } = await loadFake();
    await guard.close();
    const refused = make(session);
    expect(refused).toBeInstanceOf(Promise);
    await expect(refused).rejects.toMatchObject({ code: "CLOSED" });
    await expect(make(session, { timeoutMs: -1 })).rejects.toThrow(RangeError);
  });

  test.each<[options: unknown, message: string]>([
    [{ timeout: 3 }, 'a call has no option "timeout"'],
    [null, "a call needs an object of options"],
    [{ timeoutMs: "3" }, 'timeoutMs must be a number, more than 0, not "3"'],
    [{ signal: new AbortController() }, "signal must be an AbortSignal"],
    [{ signal: null }, "signal must be an AbortSignal"],
  ])("reject with a TypeError for the options %o, and the session goes on", async (options, message) => {
    const { session, engine } = await loadFake({}, { policyRequired: false });
    for (const [, make] of calls)
      await expect(make(session, options as never)).rejects.toThrow(new TypeError(message));
    expect(engine.calls).toEqual([]);
    await session.labelResource(call, { signal: undefined, timeoutMs: undefined });
  });

  test("reject with a TypeError for what JSON cannot express, and the session goes on", async () => {
    const { session, engine } = await loadFake({}, { policyRequired: false });
    await expect(session.labelResponse(call, 1n)).rejects.toThrow(TypeError);
    await expect(session.labelResource(null as never)).rejects.toThrow(TypeError);
    expect(engine.calls).toEqual([]);
    await session.labelResource(call);
  });

  test.each<[what: string, given: unknown]>([
    ["no name", {}],
    ["a name that is no string", { name: 5 }],
    ["arguments that are a list", { name: "n", arguments: [] }],
    ["arguments that are a number", { name: "n", arguments: 0 }],
  ])("reject with a TypeError for a tool call with %s, and the session goes on", async (_what, given) => {
    const { session, engine } = await loadFake({}, { policyRequired: false });
    await expect(session.labelResource(given as never)).rejects.toThrow(TypeError);
    await expect(session.labelResponse(given as never, null)).rejects.toThrow(TypeError);
    expect(engine.calls).toEqual([]);
    await session.labelResource(call);
  });

  test("reject as INPUT_TOO_LARGE before the guard is entered, and the session goes on", async () => {
    const { session, engine } = await loadFake({}, { limits: { maxInputBytes: 100 } });
    await session.labelAgent(policy);
    await expect(session.labelResponse(call, "x".repeat(100))).rejects.toMatchObject({
      code: "INPUT_TOO_LARGE",
      lost: false,
    });
    await session.labelResource({ name: "n" });
    expect(engine.events).toEqual(["compile", "open 1", "label_agent 1", "label_resource 1"]);
  });
});

describe("a policy", () => {
  test.each(calls.slice(1))("is required before %s", async (_name, make) => {
    const { session, engine } = await loadFake();
    await expect(make(session)).rejects.toMatchObject({
      code: "NO_POLICY",
      message: "the session has no policy: call labelAgent",
    });
    expect(engine.events).toEqual(["compile"]);
  });

  test.each(calls.slice(1))("is not, where the guard was loaded so: %s", async (_name, make) => {
    const { session } = await loadFake({}, { policyRequired: false });
    await make(session);
  });

  test("that is not acceptable ends the one there is, and the guard does not see it", async () => {
    const { session, engine } = await loadFake();
    await session.labelAgent(policy);
    await expect(session.labelAgent({})).rejects.toMatchObject({ code: "POLICY" });
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY" });
    expect(engine.events).toEqual(["compile", "open 1", "label_agent 1", "close 1"]);
  });

  test("has a fresh instance to itself, where calls without one came before", async () => {
    const { session, engine } = await loadFake({}, { policyRequired: false });
    await session.labelResource(call);
    await session.labelAgent(policy);
    expect(engine.events.slice(1)).toEqual([
      "open 1",
      "label_resource 1",
      "close 1",
      "open 2",
      "label_agent 2",
    ]);
  });
});

describe("the order of calls", () => {
  test("is that in which they were made, one at a time", async () => {
    let running = 0;
    const { session, engine } = await loadFake({
      answer: async () => {
        expect(++running).toBe(1);
        await nextTurn();
        running--;
        return undefined;
      },
    });
    await Promise.all([
      session.labelAgent(policy),
      ...Array.from({ length: 20 }, (_, i) => session.labelResource({ name: `n${i}` })),
      session.labelResponse({ name: "last" }, null),
    ]);
    expect(engine.calls.map(({ input }) => (input as { tool_name?: string }).tool_name)).toEqual([
      undefined,
      ...Array.from({ length: 20 }, (_, i) => `n${i}`),
      "last",
    ]);
  });

  test("is not changed by a failure", async () => {
    const { session, engine } = await loadFake({
      answer: ({ operation }) => (operation === "label_response" ? "not JSON" : undefined),
    });
    const outcomes = await Promise.allSettled([
      session.labelAgent(policy),
      session.labelResponse(call, null),
      session.labelResource(call),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(engine.events.slice(2)).toEqual(["label_agent 1", "label_response 1", "label_resource 1"]);
  });

  test("ends at the limit of waiting calls", async () => {
    const { opened, open } = gate();
    const { session } = await loadFake({ open: () => opened }, { maxWaitingCalls: 2 });
    const outcomes = Promise.allSettled([
      session.labelAgent(policy),
      session.labelResource(call),
      session.labelResource(call),
      session.labelResource(call),
    ]);
    await nextTurn();
    open();
    expect(
      (await outcomes).map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "ok")),
    ).toEqual(["ok", "ok", "ok", "BUSY"]);
    await session.labelResource(call);
  });
});

describe("timeoutMs", () => {
  test.each(calls)("of %s must be more than 0", async (_name, make) => {
    const { session, engine } = await loadFake({}, { policyRequired: false });
    for (const timeoutMs of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, null as never]) {
      expect(await messageOf(() => make(session, { timeoutMs }))).toBe(
        `timeoutMs must be a number, more than 0, not ${timeoutMs}`,
      );
    }
    expect(engine.events).toEqual(["compile"]);
    await make(session, { timeoutMs: Number.POSITIVE_INFINITY });
    await make(session, { timeoutMs: undefined });
  });

  test("is named with the function where it was not enough, also for what engines say", async () => {
    const cause = new Error("stopped");
    const timeout = new GuardError("TIMEOUT", "too late", { lost: true, cause });
    const { session } = await loadFake({ answer: () => Promise.reject(timeout) }, { policyRequired: false });
    expect(await thrownBy(() => session.labelResponse(call, null, { timeoutMs: 70 }))).toMatchObject({
      code: "TIMEOUT",
      message: "too late (label_response, 70 ms)",
      lost: true,
      cause,
    });
    const aborting = session.labelResource(call, { signal: AbortSignal.abort(timeout) });
    expect(await aborting.catch((error) => error)).toBe(timeout);
  });

  test("reaches the channel as what is left of it", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    const { session, engine } = await loadFake(
      { open: () => void clock.mockReturnValue(1_300) },
      { timeoutMs: 5_000, policyRequired: false },
    );
    await session.labelResource(call);
    await session.labelResource(call);
    await session.labelResource(call, { timeoutMs: 70 });
    await session.labelResource(call, { timeoutMs: Number.POSITIVE_INFINITY });
    expect(engine.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([
      4_700,
      5_000,
      70,
      Number.POSITIVE_INFINITY,
    ]);
    clock.mockRestore();
  });

  test("ends a wait for the session, and does not disturb the call that runs", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({ answer: () => opened }, { policyRequired: false });
    const running = session.labelResource(call);
    await expect(session.labelResource(call, { timeoutMs: 5 })).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: false,
    });
    open();
    await running;
    await session.labelResource(call);
    expect(engine.events).toEqual(["compile", "open 1", "label_resource 1", "label_resource 1"]);
  });
});

describe("an abort", () => {
  const reason = new Error("stop");

  test.each(calls)("before %s keeps everything from happening", async (_name, make) => {
    const { session, engine } = await loadFake();
    expect(await thrownBy(() => make(session, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(engine.events).toEqual(["compile"]);
  });

  test("while the input is encoded keeps the guard from being entered, and its instance", async () => {
    const { session, engine } = await loadFake({}, { policyRequired: false });
    await session.labelResource(call);
    const controller = new AbortController();
    const aborting = { toJSON: () => controller.abort(reason) };
    const running = session.labelResource(
      { name: "n", arguments: { aborting } },
      { signal: controller.signal },
    );
    expect(await thrownBy(() => running)).toBe(reason);
    await session.labelResource(call);
    expect(engine.events).toEqual(["compile", "open 1", "label_resource 1", "label_resource 1"]);
  });

  test("that many sessions share is listened to once", async () => {
    const { signal, listeners, added } = countingController();
    const { guard } = await loadFake();
    const calls = Array.from({ length: 20 }, () => guard.session().labelAgent(policy, { signal }));
    expect(listeners()).toBe(1);
    await Promise.all(calls);
    expect([listeners(), added() > 0]).toEqual([0, true]);
  });

  test("while a call waits rejects it with the reason itself, and leaves the others alone", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({ answer: () => opened }, { policyRequired: false });
    const { signal, abort, listeners, added } = countingController();
    const running = session.labelResource(call);
    const aborted = session.labelResource({ name: "aborted" }, { signal });
    const last = session.labelResource({ name: "last" });
    await nextTurn();
    abort(reason);
    expect(await thrownBy(() => aborted)).toBe(reason);
    expect(added()).toBeGreaterThan(0);
    expect(listeners()).toBe(0);
    open();
    await Promise.all([running, last]);
    expect(engine.calls.map(({ input }) => (input as { tool_name: string }).tool_name)).toEqual([
      "list_issues",
      "last",
    ]);
  });

  test("in the moment of its turn passes the turn on", async () => {
    const { opened, open } = gate();
    const { session } = await loadFake({ answer: () => opened }, { policyRequired: false });
    const controller = new AbortController();
    const running = session.labelResource(call).then(() => controller.abort(reason));
    const aborted = session.labelResource(call, { signal: controller.signal });
    const last = session.labelResource(call);
    open();
    await running;
    await Promise.allSettled([aborted]);
    await last;
  });

  test.each<[what: string, reason: unknown]>([
    ["reaches the channel, whose rejection costs the instance", reason],
    ["costs the instance whatever its reason says", new GuardError("BUSY", "the caller's own")],
    [
      "is not taken for an instance that was gone",
      new GuardError("CLOSED", "the caller's own", { lost: true }),
    ],
  ])("during a call %s", async (_what, reason) => {
    const { session, engine } = await loadFake({ answer: hangs("label_resource") });
    await session.labelAgent(policy);
    const controller = new AbortController();
    const running = session.labelResource(call, { signal: controller.signal });
    await nextTurn();
    controller.abort(reason);
    expect(await thrownBy(() => running)).toBe(reason);
    expect(engine.events.at(-1)).toBe("close 1");
    // And the session goes on, with another.
    await session.labelResponse(call, null);
    expect(engine.events.slice(5)).toEqual(["open 2", "label_agent 2", "label_response 2"]);
  });

  test.each(calls)("leaves no listener after %s has gone well", async (_name, make) => {
    const { session } = await loadFake({}, { policyRequired: false });
    const { signal, listeners } = countingController();
    await make(session, { signal });
    expect(listeners()).toBe(0);
  });
});

describe("opening an instance", () => {
  test("is bounded by the deadline; one that opens late is closed", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({ open: (instance) => (instance === 1 ? opened : undefined) });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const late = thrownBy(() => session.labelAgent(policy, { timeoutMs: 5 }));
    await nextTurn();
    vi.advanceTimersByTime(5);
    expect(await late).toMatchObject({ code: "TIMEOUT", lost: false });
    vi.useRealTimers();
    await session.labelAgent(policy);
    expect(engine.events).toEqual(["compile", "open 1", "open 2", "label_agent 2"]);
    open();
    await nextTurn();
    expect(engine.events.at(-1)).toBe("close 1");
    await session.labelResource(call);
    expect(engine.events.at(-1)).toBe("label_resource 2");
  });

  test("can be aborted, and leaves no listener", async () => {
    const { session, engine } = await loadFake({
      open: (instance) => (instance === 1 ? new Promise(() => undefined) : undefined),
    });
    const { signal, abort, listeners } = countingController();
    const running = session.labelAgent(policy, { signal });
    await nextTurn();
    expect(listeners()).toBe(1);
    abort("stop");
    expect(await thrownBy(() => running)).toBe("stop");
    expect(listeners()).toBe(0);
    await session.labelAgent(policy);
    expect(engine.events).toEqual(["compile", "open 1", "open 2", "label_agent 2"]);
  });

  test("may fail; the next call tries again", async () => {
    const failure = new Error("no room");
    const { session } = await loadFake({
      open: (instance) => {
        if (instance === 1) throw failure;
      },
    });
    expect(await thrownBy(() => session.labelAgent(policy))).toBe(failure);
    await session.labelAgent(policy);
  });

  test("that fails late is nobody's concern", async () => {
    const { session } = await loadFake({
      open: () => nextTurn().then(() => Promise.reject(new Error("late"))),
    });
    const controller = new AbortController();
    const running = session.labelAgent(policy, { signal: controller.signal });
    await null;
    controller.abort("stop");
    expect(await thrownBy(() => running)).toBe("stop");
  });

  test.each<[name: string, leaves: string, events: string[]]>([
    ["labelAgent", "no instance behind", ["open 1", "close 1", "open 2", "label_agent 2"]],
    ["labelResource", "the instance for the next call", ["open 1", "label_resource 1"]],
  ])("that takes all the time of %s leaves %s", async (name, _leaves, events) => {
    const make = new Map(calls).get(name) as (typeof calls)[number][1];
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    const { session, engine } = await loadFake(
      { open: () => void clock.mockReturnValue(2_000) },
      { policyRequired: false },
    );
    await expect(make(session, { timeoutMs: 1_000 })).rejects.toMatchObject({ code: "TIMEOUT", lost: false });
    clock.mockRestore();
    await make(session);
    expect(engine.events.slice(1)).toEqual(events);
  });
});

/** An answer that never comes for one of the operations. */
function hangs(hangingOperation: string) {
  return (running: Parameters<typeof hanging>[0] & { operation: string }) =>
    running.operation === hangingOperation ? hanging(running) : undefined;
}
