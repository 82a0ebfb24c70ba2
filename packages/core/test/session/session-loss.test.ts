import { describe, expect, test } from "vitest";
import { GuardError, type GuardErrorCode } from "../../src/error.js";
import type { StandardSchema } from "../../src/policy/standard-schema.js";
import type { CallOptions, GuardSession } from "../../src/session/guard-session.js";
import { type EngineCall, type FakeEngineOptions, gate } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const lost = (code: GuardErrorCode) => new GuardError(code, "gone", { lost: true });
const kept = (code: GuardErrorCode) => new GuardError(code, "still there");

/** Throws `error` at the first call of `operation`. */
function failingOnce(operation: string, error: unknown) {
  let failed = false;
  return (running: EngineCall) => {
    if (failed || running.operation !== operation) return undefined;
    failed = true;
    throw error;
  };
}

/** Throws `error` at every call into the instance with this number. */
function failingAt(instance: number, error: unknown) {
  return (running: EngineCall) => {
    if (running.instance === instance) throw error;
  };
}

/** Throws `error` for instances from this number up. */
function failingFrom(first: number, error: unknown) {
  return (instance: number) => {
    if (instance >= first) throw error;
  };
}

/** Never opens instances from this number up. */
function hangingFrom(first: number) {
  return (instance: number) => (instance >= first ? new Promise(() => undefined) : undefined);
}

describe("an instance is kept", () => {
  test.each<[what: string, answer: (running: EngineCall) => unknown, code: string]>([
    ["the guard's own error", failingOnce("label_resource", kept("GUEST_ERROR")), "GUEST_ERROR"],
    ["a timeout before the guard was entered", failingOnce("label_resource", kept("TIMEOUT")), "TIMEOUT"],
    ["no memory for its buffers", failingOnce("label_resource", kept("OUT_OF_MEMORY")), "OUT_OF_MEMORY"],
    [
      "an answer that is not JSON",
      ({ operation }) => (operation === "label_resource" ? "{" : undefined),
      "INVALID_OUTPUT",
    ],
    [
      "an answer of the wrong shape",
      ({ operation }) => (operation === "label_resource" ? {} : undefined),
      "INVALID_OUTPUT",
    ],
  ])("after %s, and its policy with it", async (_what, answer, code) => {
    const { session, engine } = await loadFake({ answer });
    await session.labelAgent(policy);
    await expect(session.labelResource(call)).rejects.toMatchObject({ code });
    await session.labelResponse(call, null);
    expect(engine.events).toEqual([
      "compile",
      "open 1",
      "label_agent 1",
      "label_resource 1",
      "label_response 1",
    ]);
  });
});

describe("an instance is discarded", () => {
  test.each<[what: string, error: unknown]>([
    ["a GuardError that says so", lost("TRAPPED")],
    ["any code, by the flag alone", lost("BUSY")],
    ["an error that is no GuardError", new TypeError("engine is broken")],
    ["an abort's reason", "stop"],
    ["nothing at all", undefined],
    ["null", null],
  ])("after %s, and the call fails with that", async (_what, error) => {
    const { session, engine } = await loadFake({ answer: failingOnce("label_resource", error) });
    await session.labelAgent(policy);
    expect(await thrownBy(() => session.labelResource(call))).toBe(error);
    expect(engine.events).toEqual(["compile", "open 1", "label_agent 1", "label_resource 1", "close 1"]);
    expect(session.health).toBe("lost");
  });

  test.each<[what: string, answer: (running: EngineCall) => unknown, code: string]>([
    ["the guard refuses it", failingOnce("label_agent", kept("GUEST_ERROR")), "GUEST_ERROR"],
    [
      "the guard says that it refuses it",
      ({ instance }) => (instance === 1 ? { success: false } : undefined),
      "GUEST_ERROR",
    ],
    [
      "the guard's answer makes no sense",
      ({ instance }) => (instance === 1 ? {} : undefined),
      "INVALID_OUTPUT",
    ],
    ["its deadline passes", failingOnce("label_agent", kept("TIMEOUT")), "TIMEOUT"],
  ])("when a first policy does not come through: %s", async (_what, answer, code) => {
    const { session, engine } = await loadFake({ answer });
    await expect(session.labelAgent(policy)).rejects.toMatchObject({ code });
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY", cause: { code } });
    await session.labelAgent(policy);
    await session.labelResource(call);
    expect(engine.events.slice(2)).toEqual([
      "label_agent 1",
      "close 1",
      "open 2",
      "label_agent 2",
      "label_resource 2",
    ]);
  });

  test("when a second policy does not come through, and the one before is not in force any more", async () => {
    let policies = 0;
    const { session, engine } = await loadFake({
      answer: ({ operation }) => {
        if (operation === "label_agent" && ++policies === 2) throw kept("GUEST_ERROR");
      },
    });
    await session.labelAgent(policy);
    await expect(session.labelAgent(policy)).rejects.toMatchObject({ code: "GUEST_ERROR" });
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY" });
    expect(engine.events.slice(2)).toEqual([
      "label_agent 1",
      "close 1",
      "open 2",
      "label_agent 2",
      "close 2",
    ]);
  });

  test("and the call that failed does not wait for that", async () => {
    const { session } = await loadFake({
      answer: failingOnce("label_agent", lost("TRAPPED")),
      close: () => new Promise(() => undefined),
    });
    await expect(session.labelAgent(policy)).rejects.toMatchObject({ code: "TRAPPED" });
    await session.labelAgent(policy);
  });

  test("and calls that wait go on with another", async () => {
    const { session, engine } = await loadFake({ answer: failingOnce("label_resource", lost("TRAPPED")) });
    const outcomes = await Promise.allSettled([
      session.labelAgent(policy),
      session.labelResource(call),
      session.labelResource(call),
      session.labelAgent(policy),
      session.labelResource(call),
    ]);
    expect(outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "ok"))).toEqual([
      "ok",
      "TRAPPED",
      "ok",
      "ok",
      "ok",
    ]);
    expect(engine.calls.map(({ operation, instance }) => `${operation} ${instance}`)).toEqual([
      "label_agent 1",
      "label_resource 1",
      "label_agent 2",
      "label_resource 2",
      "label_agent 3",
      "label_resource 3",
    ]);
  });
});

describe("a labelAgent that fails once it has its turn leaves no policy in force", () => {
  const refusing: StandardSchema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => (value === "refused" ? { issues: [{ message: "no" }] } : { value }),
    },
  };
  const failures: [
    why: string,
    policy: unknown,
    options: FakeEngineOptions,
    call: CallOptions,
    code: string,
  ][] = [
    ["its schema refuses it", "refused", {}, {}, "POLICY"],
    ["JSON cannot express it", { size: 1n }, {}, {}, "TypeError"],
    ["no instance can be opened", {}, { open: failingFrom(2, lost("TRAPPED")) }, {}, "TRAPPED"],
    ["opening takes too long", {}, { open: hangingFrom(2) }, { timeoutMs: 5 }, "TIMEOUT"],
    ["the guard refuses it", {}, { answer: failingAt(2, kept("GUEST_ERROR")) }, {}, "GUEST_ERROR"],
    ["the guard is lost", {}, { answer: failingAt(2, lost("TRAPPED")) }, {}, "TRAPPED"],
    ["its answer comes too late", {}, { answer: failingAt(2, kept("TIMEOUT")) }, {}, "TIMEOUT"],
  ];
  const cases = [true, false].flatMap((policyRequired) =>
    failures.map((failure) => [policyRequired, ...failure] as const),
  );

  test.each(cases)("policyRequired: %s, %s", async (policyRequired, _why, given, options, limits, code) => {
    const { session, engine } = await loadFake(options, { policyRequired, policySchema: refusing });
    await session.labelAgent({});
    await session.labelResource(call);
    const error = await thrownBy(() => session.labelAgent(given, limits));
    expect((error as GuardError).code ?? (error as Error).name).toBe(code);
    expect(engine.events).toContain("close 1");
    const entered = engine.calls.length;
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY", cause: error });
    await expect(session.labelResponse(call, null)).rejects.toMatchObject({ code: "NO_POLICY" });
    expect(engine.calls).toHaveLength(entered);
  });

  test.each([true, false])("policyRequired: %s, aborted while it opens", async (policyRequired) => {
    const { session } = await loadFake({ open: hangingFrom(2) }, { policyRequired });
    await session.labelAgent(policy);
    const controller = new AbortController();
    const running = session.labelAgent(policy, { signal: controller.signal });
    await nextTurn();
    controller.abort("stop");
    expect(await thrownBy(() => running)).toBe("stop");
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY", cause: "stop" });
  });

  test("until one succeeds, on an instance of its own", async () => {
    const { session, engine } = await loadFake({}, { policySchema: refusing, policyRequired: false });
    await session.labelAgent({});
    await thrownBy(() => session.labelAgent("refused"));
    await session.labelAgent({});
    await session.labelResource(call);
    expect(engine.events.slice(1)).toEqual([
      "open 1",
      "label_agent 1",
      "close 1",
      "open 2",
      "label_agent 2",
      "label_resource 2",
    ]);
  });
});

describe("a labelAgent that is refused before its turn changes nothing", () => {
  test.each<[why: string, refused: (session: GuardSession) => Promise<unknown>, error: unknown]>([
    ["BUSY", (session) => session.labelAgent(policy), expect.objectContaining({ code: "BUSY" })],
    ["aborted", (session) => session.labelAgent(policy, { signal: AbortSignal.abort("stop") }), "stop"],
    [
      "a bad argument",
      (session) => session.labelAgent(policy, { timeoutMs: "5" as never }),
      expect.any(TypeError),
    ],
  ])("%s", async (_why, refused, error) => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake(
      { answer: ({ operation }) => (operation === "label_resource" ? opened : undefined) },
      { maxWaitingCalls: 0 },
    );
    await session.labelAgent(policy);
    const running = session.labelResource(call);
    expect(await thrownBy(() => refused(session))).toEqual(error);
    open();
    await running;
    await session.labelResponse(call, null);
    expect(engine.events.slice(3)).toEqual(["label_resource 1", "label_response 1"]);
  });

  test.each<[why: string, options: CallOptions, code: string]>([
    ["aborted", { signal: AbortSignal.timeout(5) }, "TimeoutError"],
    ["timed out", { timeoutMs: 5 }, "TIMEOUT"],
  ])("%s while it waits", async (_why, options, code) => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({
      answer: ({ operation }) => (operation === "label_resource" ? opened : undefined),
    });
    await session.labelAgent(policy);
    const running = session.labelResource(call);
    const error = await thrownBy(() => session.labelAgent(policy, options));
    expect(error instanceof GuardError ? error.code : (error as Error).name).toBe(code);
    open();
    await running;
    await session.labelResponse(call, null);
    expect(engine.events.slice(3)).toEqual(["label_resource 1", "label_response 1"]);
  });
});

describe("without a required policy", () => {
  const loading = { policyRequired: false };

  test("a lost instance is replaced, for it had no state to lose", async () => {
    const { session, engine } = await loadFake(
      { answer: failingOnce("label_resource", lost("TRAPPED")) },
      loading,
    );
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "TRAPPED" });
    await session.labelResource(call);
    expect(engine.events.slice(1)).toEqual([
      "open 1",
      "label_resource 1",
      "close 1",
      "open 2",
      "label_resource 2",
    ]);
  });

  test("labelling still fails after a policy that the guard refused: who gave one relies on it", async () => {
    const error = kept("GUEST_ERROR");
    const { session } = await loadFake({ answer: failingOnce("label_agent", error) }, loading);
    await Promise.allSettled([session.labelAgent(policy), session.labelResource(call)]);
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY", cause: error });
    await session.labelAgent(policy);
    await session.labelResource(call);
  });
});

describe("closing a lost instance", () => {
  test("may fail without anybody noticing but the log", async () => {
    const { session } = await loadFake({
      answer: failingOnce("label_agent", lost("TRAPPED")),
      close: () => Promise.reject(new Error("cannot close")),
    });
    await expect(session.labelAgent(policy)).rejects.toMatchObject({ code: "TRAPPED" });
    await nextTurn();
  });
});
