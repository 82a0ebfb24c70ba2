import { describe, expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import type { LoadGuardOptions } from "../../src/session/load-options.js";
import { type EngineCall, type FakeEngineOptions, gate } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const trapped = new GuardError("TRAPPED", "gone", { lost: true });
const gone = new GuardError("CLOSED", "gone before the guest was entered", { lost: true });

function loadStateful(options: FakeEngineOptions = {}, loading: Omit<LoadGuardOptions, "engine"> = {}) {
  return loadFake(options, { recovery: "never", ...loading });
}

/** Throws `error` at the first `label_resource`. */
function failingOnce(error: unknown) {
  let failed = false;
  return ({ operation }: EngineCall) => {
    if (failed || operation !== "label_resource") return;
    failed = true;
    throw error;
  };
}

describe("with recovery: never, a session whose instance was lost", () => {
  const cases = [true, false].flatMap((policyRequired) =>
    [true, false].map((hasPolicy) => ({ policyRequired, hasPolicy })),
  );

  test.each(cases.filter(({ policyRequired, hasPolicy }) => hasPolicy || !policyRequired))(
    "refuses labelling until there is another policy: %o",
    async ({ policyRequired, hasPolicy }) => {
      const { session, engine } = await loadStateful({ answer: failingOnce(trapped) }, { policyRequired });
      if (hasPolicy) await session.labelAgent(policy);
      expect(await thrownBy(() => session.labelResource(call))).toBe(trapped);
      expect(session.health).toBe("lost");
      const entered = engine.calls.length;
      for (let i = 0; i < 2; i++) {
        const refusal = await thrownBy(() => session.labelResponse(call, null));
        expect(refusal).toMatchObject({ code: "NO_POLICY", lost: false, cause: trapped });
        expect((refusal as Error).message).toContain("instance");
      }
      expect(engine.calls).toHaveLength(entered);
      await session.labelAgent(policy);
      await session.labelResource(call);
      expect(engine.events.slice(-3)).toEqual(["open 2", "label_agent 2", "label_resource 2"]);
    },
  );

  test("refuses so where the engine has given the instance up: what the guard knew is gone", async () => {
    const { session, engine } = await loadStateful({ answer: failingOnce(gone) });
    await session.labelAgent(policy);
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY", cause: gone });
    await expect(session.labelResource(call)).rejects.toMatchObject({ code: "NO_POLICY" });
    expect(engine.opens).toHaveLength(1);
    await session.labelAgent(policy);
  });

  test("goes on where an instance was given up, or lost, that had seen nothing", async () => {
    const { session, engine } = await loadStateful(
      {
        answer: failingOnce(gone),
        open: (instance) => {
          if (instance === 1) throw trapped;
        },
      },
      { policyRequired: false },
    );
    expect(await thrownBy(() => session.labelResource(call))).toBe(trapped);
    await session.labelResource(call);
    expect(engine.events.slice(1)).toEqual([
      "open 1",
      "open 2",
      "label_resource 2",
      "close 2",
      "open 3",
      "label_resource 3",
    ]);
  });

  test("refuses so after an abort as well", async () => {
    const { session } = await loadStateful({
      answer: async ({ operation, signal }) => {
        if (operation !== "label_resource") return;
        await new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason)),
        );
      },
    });
    await session.labelAgent(policy);
    const controller = new AbortController();
    const running = session.labelResource(call, { signal: controller.signal });
    await nextTurn();
    controller.abort("stop");
    expect(await thrownBy(() => running)).toBe("stop");
    await expect(session.labelResponse(call, null)).rejects.toMatchObject({
      code: "NO_POLICY",
      cause: "stop",
    });
  });
});

describe("with recovery: never, instances", () => {
  test("are opened to stay, which those of other guards are not", async () => {
    for (const recovery of ["never", "automatic"] as const) {
      const { session, engine } = await loadFake({}, { recovery });
      await session.labelAgent(policy);
      expect(engine.opens.map(({ pinned }) => pinned)).toEqual([recovery === "never"]);
    }
  });

  test("are not put away: a call that needs one more is refused, until a session is closed", async () => {
    const { session, guard, engine } = await loadStateful({}, { maxLiveInstances: 1, idleMs: 1 });
    await session.labelAgent(policy);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const other = guard.session();
    await expect(other.labelAgent(policy)).rejects.toMatchObject({
      code: "BUSY",
      lost: false,
      message: expect.stringContaining("close a session, or raise maxLiveInstances"),
    });
    // One that has a place keeps it, for another policy too.
    await session.labelAgent(policy);
    await session.close();
    await other.labelAgent(policy);
    expect(engine.opens).toHaveLength(3);
    expect(guard.stats().hibernations).toBe(0);
  });

  test("are not opened beyond the limit for a backend either, which is refused instead of waiting", async () => {
    const { opened, open } = gate<unknown>();
    const { guard } = await loadStateful(
      {
        answer: async ({ host }) =>
          void (await host.callBackend("tool", null, { signal: new AbortController().signal })),
      },
      { maxLiveInstances: 1, policyRequired: false },
    );
    const other = guard.session();
    const session = guard.session({
      backend: async () => open(await thrownBy(() => other.labelResource(call))),
    });
    await session.labelResource(call);
    expect(await opened).toMatchObject({ code: "BUSY" });
  });
});
