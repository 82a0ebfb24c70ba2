import { describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import type { GuardEvent } from "../../src/session/guard-event.js";
import type { EngineCall } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const gone = () => new GuardError("CLOSED", "gone before the guest was entered", { lost: true });

/** Instances that are gone when `operation` is to be run on them. */
function goneAt(operation: string, isGone: (instance: number) => boolean) {
  return (running: EngineCall) => {
    if (running.operation === operation && isGone(running.instance)) throw gone();
  };
}

describe("an instance that its engine has given up", () => {
  test("is replaced, and the call is made there as if nothing had been", async () => {
    const events: GuardEvent[] = [];
    const { session, engine, guard } = await loadFake(
      { answer: goneAt("label_resource", (instance) => instance === 1) },
      { breaker: { maxLosses: 1 }, onEvent: (event) => events.push(event) },
    );
    await session.labelAgent(policy);
    await expect(session.labelResource(call)).resolves.toMatchObject({ operation: "read" });
    expect(engine.events.slice(3)).toEqual([
      "label_resource 1",
      "close 1",
      "open 2",
      "label_agent 2",
      "label_resource 2",
    ]);
    expect(events).toEqual([
      { type: "hibernated", session: 1, principal: undefined, reason: "engine" },
      { type: "recovered", session: 1, principal: undefined, after: "hibernated" },
    ]);
    expect(guard.stats()).toMatchObject({ calls: 2, errors: {}, recoveries: 1, hibernations: 1 });
  });

  test.each<[when: string, answer: (running: EngineCall) => unknown]>([
    ["in the replay", goneAt("label_agent", (instance) => instance === 2)],
    ["after the replay", goneAt("label_resource", (instance) => instance <= 2)],
  ])("may be given up once more %s", async (_when, answer) => {
    const { session, engine } = await loadFake({
      answer: (running) => {
        goneAt("label_resource", (instance) => instance === 1)(running);
        return answer(running);
      },
    });
    await session.labelAgent(policy);
    await session.labelResource(call);
    expect(engine.events.slice(-3)).toEqual(["open 3", "label_agent 3", "label_resource 3"]);
    expect(engine.events).toContain("close 2");
  });

  test("is replaced for a policy as well, which nothing is given before", async () => {
    const { session, engine } = await loadFake({
      answer: goneAt("label_agent", (instance) => instance === 1),
    });
    await session.labelAgent(policy);
    expect(engine.events.slice(1)).toEqual(["open 1", "label_agent 1", "close 1", "open 2", "label_agent 2"]);
  });

  test("may be given up while it is opened", async () => {
    const { session, engine } = await loadFake({
      open: (instance) => {
        if (instance === 1) throw gone();
      },
    });
    await session.labelAgent(policy);
    expect(engine.events.slice(1)).toEqual(["open 1", "open 2", "label_agent 2"]);
  });

  test("is replaced a few times; then the call fails, and the next tries again", async () => {
    let gives = true;
    const { session, engine } = await loadFake({
      answer: (running) => goneAt("label_resource", () => gives)(running),
    });
    await session.labelAgent(policy);
    const failure = await thrownBy(() => session.labelResource(call));
    expect(failure).toMatchObject({ code: "ENGINE_UNAVAILABLE", lost: true, cause: { code: "CLOSED" } });
    expect(engine.events.filter((event) => event.startsWith("open"))).toEqual(
      [1, 2, 3, 4].map((i) => `open ${i}`),
    );
    expect(engine.events.filter((event) => event.startsWith("close"))).toHaveLength(4);
    gives = false;
    await session.labelResource(call);
  });

  test("is replaced within the deadline of the call", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const { session, engine } = await loadFake({
      answer: goneAt("label_resource", () => true),
      open: (instance) => void clock.mockReturnValue(instance * 400),
    });
    await session.labelAgent(policy);
    await expect(session.labelResource(call, { timeoutMs: 500 })).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(engine.opens).toHaveLength(3);
    clock.mockRestore();
  });

  test("is none where the error is not that of a lost instance", async () => {
    const kept = new GuardError("CLOSED", "the guard is closed");
    const { session, engine } = await loadFake({
      answer: ({ operation }) => {
        if (operation === "label_resource") throw kept;
      },
    });
    await session.labelAgent(policy);
    expect(await thrownBy(() => session.labelResource(call))).toBe(kept);
    await session.labelResponse(call, null);
    expect(engine.opens).toHaveLength(1);
  });
});
