import { afterEach, describe, expect, test, vi } from "vitest";
import { GuardError, type GuardErrorCode } from "../../src/error.js";
import { anyObjectPolicy } from "../../src/policy/policy-schema.js";
import { countingController } from "../support/counting-signal.js";
import { type EngineCall, type FakeEngine, hanging } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

afterEach(() => {
  vi.restoreAllMocks();
});

const lost = (code: GuardErrorCode) => new GuardError(code, "gone", { lost: true });

/** What the guard was asked from the `from`th call on: the instance, the operation, and the input of each policy. */
function askedSince(engine: FakeEngine, from: number): string[] {
  return engine.calls
    .slice(from)
    .map(({ instance, operation, text }) =>
      operation === "label_agent" ? `${instance} ${operation} ${text}` : `${instance} ${operation}`,
    );
}

/** Lets the first `label_resource` go as `fail` says. */
function losing(fail: (running: EngineCall) => unknown) {
  let failed = false;
  return (running: EngineCall) => {
    if (failed || running.operation !== "label_resource") return undefined;
    failed = true;
    return fail(running);
  };
}

const given = '{"allow-only":{"repos":"all","min-integrity":"none"}}';

describe("the call after a loss has a fresh instance under the same policy", () => {
  const thrown = (error: unknown) =>
    losing(() => {
      throw error;
    });

  test.each<[what: string, answer: (running: EngineCall) => unknown, options: () => object]>([
    ["a trap", thrown(lost("TRAPPED")), () => ({})],
    ["an exit", thrown(lost("EXITED")), () => ({})],
    ["a breach of the ABI", thrown(lost("PROTOCOL")), () => ({})],
    ["no memory left", thrown(lost("OUT_OF_MEMORY")), () => ({})],
    ["an engine that breaks down", thrown(new TypeError("broken")), () => ({})],
    ["an engine that rejects with nothing", thrown(undefined), () => ({})],
    ["a deadline", losing(hanging), () => ({ timeoutMs: 5 })],
    ["an abort", losing(hanging), () => ({ signal: AbortSignal.timeout(5) })],
  ])("%s", async (_what, answer, options) => {
    const { session, engine } = await loadFake({ answer });
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call, options()));
    await expect(session.labelResource(call)).resolves.toMatchObject({ operation: "read" });
    await session.labelResponse(call, null);
    expect(askedSince(engine, 2)).toEqual([`2 label_agent ${given}`, "2 label_resource", "2 label_response"]);
    expect(engine.events.filter((event) => event.startsWith("close"))).toEqual(["close 1"]);
  });

  test("any number of times, and always the last policy that came through", async () => {
    const { session, engine } = await loadFake(
      {
        answer: ({ operation, text }) => {
          if (operation === "label_resource" && text.includes("lose")) throw lost("TRAPPED");
        },
      },
      { policySchema: anyObjectPolicy },
    );
    for (const number of [1, 2]) {
      await session.labelAgent({ number });
      for (let losses = 0; losses < 2; losses++) {
        await expect(session.labelResource({ name: "lose" })).rejects.toMatchObject({ code: "TRAPPED" });
        await session.labelResource(call);
      }
    }
    const policies = engine.calls.filter(({ operation }) => operation === "label_agent");
    expect(policies.map(({ text }) => text)).toEqual(
      [1, 1, 1, 2, 2, 2].map((number) => `{"number":${number}}`),
    );
  });

  test("whatever becomes of the buffers that the policy and its answer came in, which are not kept", async () => {
    const shared = new Uint8Array(1_024);
    const answer = '{"difc_mode":"filter"}';
    const { session, engine } = await loadFake({
      answer: ({ operation, instance }) => {
        if (operation === "label_resource" && instance === 1) throw lost("TRAPPED");
        if (operation !== "label_agent") return undefined;
        return instance > 1
          ? answer
          : shared.subarray(0, new TextEncoder().encodeInto(answer, shared).written);
      },
    });
    await session.labelAgent(policy);
    shared.fill(0);
    await thrownBy(() => session.labelResource(call));
    await session.labelResource(call);
    const [first, again] = engine.calls.filter(({ operation }) => operation === "label_agent");
    expect(first?.bytes.buffer.byteLength).toBeGreaterThan(first?.bytes.length as number);
    expect(again?.bytes.buffer.byteLength).toBe(again?.bytes.length);
  });

  test("and its backend, which is asked again what the guard asks about its policy", async () => {
    const backend = vi.fn(() => "answer");
    const { guard } = await loadFake({
      answer: async ({ operation, host, instance, signal }) => {
        if (operation === "label_agent")
          await host.callBackend("tool", { operation }, { signal: signal ?? new AbortController().signal });
        else if (instance === 1) throw lost("TRAPPED");
      },
    });
    const session = guard.session({ backend });
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call));
    await session.labelResource(call);
    expect(backend.mock.calls.map(([asked]: unknown[]) => asked)).toEqual(
      Array(2).fill({ name: "tool", arguments: { operation: "label_agent" } }),
    );
  });
});

/** A session whose first instance traps in `label_resource`, and whose second one gets its policy as `replay` says. */
async function lostSession(replay: (running: EngineCall) => unknown, loading = {}) {
  const loaded = await loadFake(
    {
      answer: (running) => {
        if (running.instance === 1 && running.operation === "label_resource") throw lost("TRAPPED");
        return running.instance === 2 && running.operation === "label_agent" ? replay(running) : undefined;
      },
    },
    loading,
  );
  await loaded.session.labelAgent(policy);
  await thrownBy(() => loaded.session.labelResource(call));
  return loaded;
}

describe("a policy that cannot be given again", () => {
  const throwing = (error: unknown) => () => {
    throw error;
  };

  test.each<[how: string, replay: (running: EngineCall) => unknown, error: object]>([
    ["the guard refuses it", throwing(new GuardError("GUEST_ERROR", "no")), { code: "GUEST_ERROR" }],
    ["the guard traps", throwing(lost("TRAPPED")), { code: "TRAPPED" }],
    ["the guard exits", throwing(lost("EXITED")), { code: "EXITED" }],
    ["the guard is too slow", throwing(lost("TIMEOUT")), { code: "TIMEOUT" }],
    ["the guard has no memory", throwing(new GuardError("OUT_OF_MEMORY", "no")), { code: "OUT_OF_MEMORY" }],
    [
      "the guard answers a letter more",
      () => '{"agent":{"secrecy":["s"]},"difc_mode":"filter"} ',
      { code: "INVALID_OUTPUT" },
    ],
    [
      "the guard answers other labels",
      () => '{"agent":{"secrecy":["t"]},"difc_mode":"filter"}',
      { code: "INVALID_OUTPUT" },
    ],
    ["the guard answers nothing", () => "", { code: "INVALID_OUTPUT" }],
  ])("fails the call, which is not made, and the next call tries again: %s", async (_how, replay, error) => {
    const { session, engine } = await lostSession(replay);
    const failure = (await thrownBy(() => session.labelResource(call))) as GuardError;
    expect(failure).toMatchObject({ ...error, lost: true });
    expect(failure.message).toContain("the instance could not be made anew");
    expect(failure.message).toContain("recovery: never");
    expect(session.health).toBe("lost");
    expect(engine.events.slice(5)).toEqual(["open 2", "label_agent 2", "close 2"]);
    await session.labelResource(call);
    expect(engine.events.slice(8)).toEqual(["open 3", "label_agent 3", "label_resource 3"]);
    expect(session.health).toBe("ready");
  });

  test("keeps what went wrong as the cause, and says nothing of what the guard answered", async () => {
    const cause = new GuardError("GUEST_ERROR", "no");
    const failing = await lostSession(throwing(cause));
    expect(await thrownBy(() => failing.session.labelResource(call))).toMatchObject({ cause });
    const differing = await lostSession(() => ({ difc_mode: "s3cr3t" }));
    const failure = (await thrownBy(() => differing.session.labelResource(call))) as Error;
    expect(`${failure.message} ${String(failure.cause)}`).not.toContain("s3cr3t");
  });

  test("because the engine breaks down fails the call with that", async () => {
    const failure = new TypeError("broken");
    const { session } = await lostSession(throwing(failure));
    expect(await thrownBy(() => session.labelResource(call))).toBe(failure);
    await session.labelResource(call);
  });

  test("because the caller aborts fails the call with the reason itself, and leaves no listener", async () => {
    const { session, engine } = await lostSession(hanging);
    const { signal, abort, listeners } = countingController();
    const running = session.labelResource(call, { signal });
    await nextTurn();
    abort("stop");
    expect(await thrownBy(() => running)).toBe("stop");
    expect(listeners()).toBe(0);
    expect(engine.events.slice(-2)).toEqual(["label_agent 2", "close 2"]);
    await session.labelResource(call);
  });

  test("leaves a session that needs no policy, but was given one, without labels", async () => {
    const { session } = await lostSession(throwing(lost("TRAPPED")), { policyRequired: false });
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "TRAPPED", lost: true });
  });

  test("is replaced by another policy, which takes a fresh instance and no replay", async () => {
    const { session, engine } = await lostSession(throwing(lost("TRAPPED")));
    await thrownBy(() => session.labelResource(call));
    await session.labelAgent({ "allow-only": { repos: "public", "min-integrity": "none" } });
    await session.labelResource(call);
    expect(askedSince(engine, 3)).toEqual([
      '3 label_agent {"allow-only":{"repos":"public","min-integrity":"none"}}',
      "3 label_resource",
    ]);
  });
});

describe("the time of a call", () => {
  test("counts for opening, replay and call, one after the other", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    const later = (ms: number) => void clock.mockReturnValue(performance.now() + ms);
    const { session, engine } = await loadFake(
      {
        open: () => later(100),
        answer: ({ operation, instance }) => {
          if (operation === "label_agent") later(30);
          else if (instance === 1) throw lost("TRAPPED");
        },
      },
      { timeoutMs: 5_000, loadTimeoutMs: 700 },
    );
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call));
    const { signal } = new AbortController();
    await session.labelResource(call, { timeoutMs: 500, signal });
    expect(engine.opens.map(({ timeoutMs }) => timeoutMs)).toEqual([700, 500]);
    expect(engine.opens[1]).toMatchObject({ timeoutMs: 500, signal, nested: false, pinned: false });
    expect(engine.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([4_900, 5_000, 400, 370]);
    expect(engine.calls[2]?.signal).toBe(signal);
  });

  test.each<[when: string, opens: number, replays: number, events: string[]]>([
    ["before the replay", 1_000, 0, ["open 2", "close 2", "open 3", "label_agent 3", "label_resource 3"]],
    ["after the replay", 0, 1_000, ["open 2", "label_agent 2", "label_resource 2"]],
  ])(
    "may be over %s: the guard is not asked, and nothing without a policy is kept",
    async (_when, opens, replays, events) => {
      const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
      const { session, engine } = await loadFake({
        open: (instance) => instance === 2 && clock.mockReturnValue(1_000 + opens),
        answer: ({ operation, instance }) => {
          if (instance === 2 && operation === "label_agent") clock.mockReturnValue(1_000 + replays);
          if (instance === 1 && operation === "label_resource") throw lost("TRAPPED");
        },
      });
      await session.labelAgent(policy);
      await thrownBy(() => session.labelResource(call));
      await expect(session.labelResource(call, { timeoutMs: 1_000 })).rejects.toMatchObject({
        code: "TIMEOUT",
        lost: false,
      });
      await session.labelResource(call);
      expect(engine.events.slice(5)).toEqual(events);
    },
  );

  test("for opening is the time for loading where that is less", async () => {
    const { session } = await loadFake(
      { open: (instance) => (instance === 1 ? new Promise(() => undefined) : undefined) },
      { loadTimeoutMs: 5, timeoutMs: Number.POSITIVE_INFINITY, policyRequired: false },
    );
    await expect(session.labelResource(call)).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: false,
      message:
        "no instance was open in time; opening one includes the start section of the guard, and its _initialize",
    });
    await session.labelResource(call);
  });
});
