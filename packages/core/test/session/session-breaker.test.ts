import { afterEach, describe, expect, test, vi } from "vitest";
import { GuardError, type GuardErrorCode } from "../../src/error.js";
import type { Backend, GuardSession } from "../../src/session/guard-session.js";
import type { LoadGuardOptions } from "../../src/session/load-options.js";
import { type EngineCall, type FakeEngineOptions, gate, hanging } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

afterEach(() => {
  vi.restoreAllMocks();
});

const lost = (code: GuardErrorCode) => new GuardError(code, "gone", { lost: true });
const kept = (code: GuardErrorCode) => new GuardError(code, "still there");

/** Fails as `error` says in the first `label_resource`. */
function failingOnce(error: unknown) {
  let failed = false;
  return ({ operation }: EngineCall) => {
    if (failed || operation !== "label_resource") return;
    failed = true;
    throw error;
  };
}

/** A guard that is left alone after a single loss, and a clock that stands still. */
async function loadFragile(options: FakeEngineOptions, loading: Omit<LoadGuardOptions, "engine"> = {}) {
  const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
  const loaded = await loadFake(options, { breaker: { maxLosses: 1 }, ...loading });
  const wait = (ms: number) => void clock.mockReturnValue(performance.now() + ms);
  return { ...loaded, wait };
}

/** Rejects once `signal` aborts. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** Whether another session, with a policy of its own, is refused. */
async function isRefused(session: GuardSession): Promise<boolean> {
  return session.labelAgent(policy).then(
    () => false,
    (error) => GuardError.is(error, "UNHEALTHY"),
  );
}

describe("what counts against a guard", () => {
  test.each<[what: string, counts: boolean, error: unknown]>([
    ["a trap", true, lost("TRAPPED")],
    ["an exit", true, lost("EXITED")],
    ["a deadline that stops it", true, lost("TIMEOUT")],
    ["a breach of the ABI", true, lost("PROTOCOL")],
    ["no memory for an instance", true, lost("OUT_OF_MEMORY")],
    ["an error of its engine", true, new TypeError("broken")],
    ["an instance that was given up", false, lost("CLOSED")],
    ["an error of its own", false, kept("GUEST_ERROR")],
    ["a deadline that it outlives", false, kept("TIMEOUT")],
    ["no memory for its buffers", false, kept("OUT_OF_MEMORY")],
  ])("%s: %s", async (_what, counts, error) => {
    const { session, guard } = await loadFragile({ answer: failingOnce(error) });
    await session.labelAgent(policy);
    await session.labelResource(call).catch(() => undefined);
    expect(await isRefused(guard.session())).toBe(counts);
  });

  test.each<[what: string, counts: boolean, code: GuardErrorCode, backend: Backend]>([
    ["its backend never answers", false, "TIMEOUT", () => new Promise(() => undefined)],
    ["its backend gives up", false, "TIMEOUT", (_call, { signal }) => rejectedBy(signal)],
    [
      "its backend answers in that moment",
      false,
      "TIMEOUT",
      (_call, { signal }) => rejectedBy(signal).catch(() => 1),
    ],
    ["its backend has answered", true, "TIMEOUT", async () => 1],
    ["its backend has failed", true, "TIMEOUT", () => Promise.reject(new Error("no"))],
    [
      "its backend never answers, if it traps all the same",
      true,
      "TRAPPED",
      () => new Promise(() => undefined),
    ],
  ])("a deadline that comes when %s: %s", async (_what, counts, code, backend) => {
    const controller = new AbortController();
    const { guard } = await loadFragile({
      async answer({ operation, host }) {
        if (operation !== "label_resource") return;
        const asked = Promise.resolve(host.callBackend("tool", null, controller)).catch(() => undefined);
        await Promise.race([asked, nextTurn()]);
        const error = lost(code);
        controller.abort(error);
        await nextTurn();
        throw error;
      },
    });
    const session = guard.session({ backend });
    await session.labelAgent(policy);
    expect(await thrownBy(() => session.labelResource(call))).toMatchObject({ code });
    expect(await isRefused(guard.session())).toBe(counts);
  });

  test("a deadline that stops it does, also if its backend had kept it waiting in the call before", async () => {
    let calls = 0;
    const { guard } = await loadFragile({
      async answer({ operation, host }) {
        if (operation !== "label_resource") return;
        if (++calls === 1) void host.callBackend("tool", null, new AbortController());
        throw lost("TIMEOUT");
      },
    });
    const session = guard.session({ backend: () => new Promise(() => undefined) });
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call));
    expect(await isRefused(guard.session())).toBe(false);
    await thrownBy(() => session.labelResource(call));
    expect(await isRefused(guard.session())).toBe(true);
  });

  test("an abort does not, whatever its reason is, and however often", async () => {
    const { session, guard } = await loadFragile(
      {
        answer: (running) => (running.operation === "label_resource" ? hanging(running) : undefined),
      },
      { timeoutMs: Number.POSITIVE_INFINITY },
    );
    await session.labelAgent(policy);
    for (const reason of ["stop", lost("TRAPPED"), undefined]) {
      const controller = new AbortController();
      const running = thrownBy(() => session.labelResource(call, { signal: controller.signal }));
      await nextTurn();
      controller.abort(reason);
      await running;
    }
    expect(await isRefused(guard.session())).toBe(false);
  });

  test.each<[what: string, replay: () => unknown]>([
    [
      "fails",
      () => {
        throw kept("GUEST_ERROR");
      },
    ],
    ["is answered otherwise", () => ({ difc_mode: "strict" })],
  ])("a replay that %s does", async (_what, replay) => {
    const { session, guard } = await loadFragile(
      {
        answer: ({ operation, instance }) => {
          if (operation === "label_resource" && instance === 1) throw lost("TRAPPED");
          return operation === "label_agent" && instance === 2 ? replay() : undefined;
        },
      },
      { breaker: { maxLosses: 2 } },
    );
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call));
    expect(session.health).toBe("lost");
    await thrownBy(() => session.labelResource(call));
    expect(await isRefused(guard.session())).toBe(true);
  });

  test.each<[what: string, counts: boolean, error: unknown]>([
    ["traps at its start", true, lost("TRAPPED")],
    ["cannot be opened for want of something else", false, new Error("no room")],
    ["cannot be opened on this runtime", false, kept("ENGINE_UNAVAILABLE")],
  ])("an instance that %s: %s", async (_what, counts, error) => {
    const { session, guard } = await loadFragile({
      open: (instance) => {
        if (instance === 1) throw error;
      },
    });
    expect(await thrownBy(() => session.labelAgent(policy))).toBe(error);
    expect(await isRefused(guard.session())).toBe(counts);
  });

  test("an instance that turns out to be lost when nobody waits for it any more does", async () => {
    const { opened, open } = gate();
    const { session, guard } = await loadFragile({
      open: async (instance) => {
        if (instance > 1) return;
        await opened;
        throw lost("TIMEOUT");
      },
    });
    const controller = new AbortController();
    const running = thrownBy(() => session.labelAgent(policy, { signal: controller.signal }));
    await nextTurn();
    controller.abort("stop");
    expect(await running).toBe("stop");
    expect(session.health).toBe("lost");
    open();
    await nextTurn();
    expect(await isRefused(guard.session())).toBe(true);
  });
});

describe("a guard that failed too often", () => {
  test("is left alone in all sessions of the principal, new ones too, and in no others", async () => {
    const { guard, engine } = await loadFragile({ answer: failingOnce(lost("TRAPPED")) });
    const sessions = Object.fromEntries(
      ["mallory", "alice"].map((principal) => [principal, guard.session({ principal })]),
    ) as Record<"mallory" | "alice", GuardSession>;
    for (const session of Object.values(sessions)) await session.labelAgent(policy);
    await thrownBy(() => sessions.mallory.labelResource(call));
    const entered = engine.calls.length;
    await expect(sessions.mallory.labelResource(call)).rejects.toMatchObject({
      code: "UNHEALTHY",
      message: "the guard has failed too often and is left alone for another 30 s",
    });
    expect(await isRefused(guard.session({ principal: "mallory" }))).toBe(true);
    expect(engine.calls).toHaveLength(entered);
    expect([sessions.mallory.health, sessions.alice.health]).toEqual(["unhealthy", "ready"]);
    await sessions.alice.labelResource(call);
    expect(await isRefused(guard.session())).toBe(false);
  });

  test("never is, where the breaker is off", async () => {
    const { session } = await loadFragile(
      {
        answer: ({ operation }) => {
          if (operation === "label_resource") throw lost("TRAPPED");
        },
      },
      { breaker: false },
    );
    await session.labelAgent(policy);
    for (let i = 0; i < 10; i++) {
      await expect(session.labelResource(call)).rejects.toMatchObject({ code: "TRAPPED" });
    }
    await session.labelResponse(call, null);
  });

  test("is by default after five losses", async () => {
    const { session } = await loadFragile(
      {
        answer: ({ operation }) => {
          if (operation === "label_resource") throw lost("TRAPPED");
        },
      },
      { breaker: undefined },
    );
    await session.labelAgent(policy);
    for (let i = 0; i < 5; i++) {
      await expect(session.labelResource(call)).rejects.toMatchObject({ code: "TRAPPED" });
    }
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "UNHEALTHY" });
  });

  test("keeps the policy that it has", async () => {
    const { session, wait } = await loadFragile({ answer: failingOnce(lost("TRAPPED")) });
    await session.labelAgent(policy);
    await thrownBy(() => session.labelResource(call));
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "UNHEALTHY" });
    wait(30_000);
    await session.labelResource(call);
  });

  test("refuses a policy in its turn, which ends the one before like any other that does not come through", async () => {
    const { guard, wait } = await loadFragile({ answer: failingOnce(lost("TRAPPED")) });
    const [failing, other] = [guard.session(), guard.session()];
    for (const session of [failing, other]) await session.labelAgent(policy);
    await thrownBy(() => failing.labelResource(call));
    await expect(other.labelAgent(policy)).rejects.toMatchObject({ code: "UNHEALTHY" });
    wait(30_000);
    await expect(other.labelResource(call)).rejects.toMatchObject({
      code: "NO_POLICY",
      cause: { code: "UNHEALTHY" },
    });
    await other.labelAgent(policy);
  });
});

describe("after the pause", () => {
  /** Two sessions; the first has lost an instance. `answer` is for what comes then. */
  async function paused(answer: (running: EngineCall) => unknown) {
    const fail = failingOnce(lost("TRAPPED"));
    let isOver = false;
    const loaded = await loadFragile(
      {
        answer: (running) => {
          fail(running);
          return isOver ? answer(running) : undefined;
        },
      },
      { timeoutMs: Number.POSITIVE_INFINITY },
    );
    const other = loaded.guard.session();
    for (const session of [loaded.session, other]) await session.labelAgent(policy);
    await thrownBy(() => loaded.session.labelResource(call));
    loaded.wait(30_000);
    isOver = true;
    return { ...loaded, other };
  }

  test("one call goes first, and the others follow when it has come back", async () => {
    const { opened, open } = gate();
    const { session, other, engine } = await paused(({ operation }) =>
      operation === "label_resource" ? opened : undefined,
    );
    const first = session.labelResource(call);
    await nextTurn();
    expect(engine.events.at(-1)).toBe("label_resource 3");
    await expect(other.labelResource(call)).rejects.toMatchObject({ code: "UNHEALTHY" });
    expect([session.health, other.health]).toEqual(["unhealthy", "unhealthy"]);
    open();
    await first;
    expect([session.health, other.health]).toEqual(["ready", "ready"]);
    await other.labelResource(call);
  });

  test.each<[what: string, answer: () => unknown]>([
    [
      "with an error of its own",
      () => {
        throw kept("GUEST_ERROR");
      },
    ],
    ["with an answer that makes no sense", () => "{"],
  ])("a guard that comes back %s is let alone no more", async (_what, answer) => {
    const { session, other } = await paused(({ operation }) =>
      operation === "label_resource" ? answer() : undefined,
    );
    await thrownBy(() => session.labelResource(call));
    expect(other.health).toBe("ready");
    await other.labelResponse(call, null);
  });

  test("a loss begins another pause", async () => {
    const { other, wait } = await paused(({ operation }) => {
      if (operation === "label_resource") throw lost("EXITED");
    });
    await expect(other.labelResource(call)).rejects.toMatchObject({ code: "EXITED" });
    wait(29_999);
    await expect(other.labelResource(call)).rejects.toMatchObject({ code: "UNHEALTHY" });
    wait(1);
    await other.labelResponse(call, null);
    expect(other.health).toBe("ready");
  });

  test("a call that is aborted, or never gets to the guard, leaves it to the next one", async () => {
    const { session, other, guard } = await paused((running) =>
      running.operation === "label_resource" ? hanging(running) : undefined,
    );
    const controller = new AbortController();
    const running = thrownBy(() => session.labelResource(call, { signal: controller.signal }));
    await nextTurn();
    controller.abort("stop");
    expect(await running).toBe("stop");
    await expect(guard.session().labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY" });
    expect(other.health).toBe("unhealthy");
    await other.labelResponse(call, null);
    expect(other.health).toBe("ready");
  });
});
