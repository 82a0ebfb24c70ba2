import { describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { failSafeListener, type GuardEvent } from "../../src/session/guard-event.js";
import type { GuardSession } from "../../src/session/guard-session.js";
import type { EngineCall } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const secret = "s3cr3t";
const trapped = () => new GuardError("TRAPPED", `about ${secret}`, { lost: true });

/** Traps in every `label_resource` of a tool called "lose". */
function losing({ operation, text }: EngineCall): undefined {
  if (operation === "label_resource" && text.includes("lose")) throw trapped();
}

const lose = { name: "lose", arguments: { secret } };

test("events tell of each instance that is lost, put away and made anew, and of the breaker", async () => {
  const clock = vi.spyOn(performance, "now").mockReturnValue(0);
  const events: GuardEvent[] = [];
  const { guard } = await loadFake(
    { answer: losing },
    { onEvent: (event) => events.push(event), breaker: { maxLosses: 2 }, maxLiveInstances: 1 },
  );
  const session = guard.session({ principal: "mallory" });
  const taken = (): GuardEvent[] => events.splice(0);
  await session.labelAgent(policy);
  expect(taken()).toEqual([]);
  const named = { session: 2, principal: "mallory" };
  const lost = { type: "lost", ...named, code: "TRAPPED", aborted: false };
  await thrownBy(() => session.labelResource(lose));
  expect(taken()).toEqual([lost]);
  await session.labelResource(call);
  expect(taken()).toEqual([{ type: "recovered", ...named, after: "lost" }]);
  await guard.session().labelAgent(policy);
  expect(taken()).toEqual([{ type: "hibernated", ...named, reason: "room" }]);
  await thrownBy(() => session.labelResource(lose));
  expect(taken()).toEqual([
    { type: "hibernated", session: 3, principal: undefined, reason: "room" },
    { type: "recovered", ...named, after: "hibernated" },
    lost,
    { type: "tripped", principal: "mallory", pauseMs: 30_000 },
  ]);
  clock.mockReturnValue(30_000);
  await session.labelResource(call);
  expect(taken()).toEqual([
    { type: "recovered", ...named, after: "lost" },
    { type: "restored", principal: "mallory" },
  ]);
  clock.mockRestore();
});

test.each<[what: string, error: unknown, told: object]>([
  ["an abort, whatever its reason is", trapped(), { code: undefined, aborted: true }],
  ["an error of the engine", new TypeError(secret), { code: undefined, aborted: false }],
])("an instance that was lost to %s has no code", async (_what, error, told) => {
  const events: GuardEvent[] = [];
  const controller = new AbortController();
  const { session } = await loadFake(
    {
      answer: () => {
        if ("aborted" in told && told.aborted) controller.abort(error);
        throw error;
      },
    },
    { onEvent: (event) => events.push(event) },
  );
  await thrownBy(() => session.labelAgent(policy, { signal: controller.signal }));
  expect(events).toEqual([{ type: "lost", session: 1, principal: undefined, ...told }]);
});

test("events and the log hold nothing of policies, inputs, answers or error messages, and the log no principal", async () => {
  const seen: unknown[] = [];
  const write = (...line: unknown[]) => void seen.push(line);
  const { guard } = await loadFake(
    { answer: losing },
    {
      onEvent: (event) => void seen.push({ ...event, principal: undefined }),
      logger: { debug: write, info: write, warn: write, error: write },
      breaker: { maxLosses: 1 },
    },
  );
  const session = guard.session({ principal: secret });
  await session.labelAgent({ "allow-only": { repos: [`o/${secret}`], "min-integrity": "none" } });
  await thrownBy(() => session.labelResource(lose));
  expect(seen.length).toBeGreaterThan(2);
  expect(JSON.stringify(seen)).not.toContain(secret);
});

describe("a listener", () => {
  test.each<[how: string, listener: () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("no"))],
  ])("that %s harms nothing", async (_how, listener) => {
    const onEvent = vi.fn(listener) as () => void;
    const { session } = await loadFake({ answer: losing }, { onEvent });
    await session.labelAgent(policy);
    await expect(session.labelResource(lose)).rejects.toMatchObject({ code: "TRAPPED" });
    await session.labelResource(call);
    expect(onEvent).toHaveBeenCalledTimes(2);
    await nextTurn();
  });

  test("may use the sessions of the guard", async () => {
    const outcomes: Promise<unknown>[] = [];
    const sessions: GuardSession[] = [];
    const { guard } = await loadFake(
      { answer: losing },
      {
        maxLiveInstances: 1,
        onEvent: (event) => {
          if (event.type === "hibernated")
            outcomes.push(sessions[event.session - 1]?.labelResource(call) as never);
          if (event.type === "lost") outcomes.push(sessions[event.session - 1]?.close() as never);
        },
      },
    );
    sessions.push(undefined as never, guard.session(), guard.session());
    const [, one, other] = sessions as [never, GuardSession, GuardSession];
    await one.labelAgent(policy);
    // Puts the other's instance away, which takes its place back, and so on: nobody hangs.
    await other.labelAgent(policy);
    await one.close();
    await thrownBy(() => other.labelResource(lose));
    await expect(other.labelResource(call)).rejects.toMatchObject({ code: "CLOSED" });
    await Promise.allSettled(outcomes);
    expect(guard.stats()).toMatchObject({ liveInstances: 0, waitingCalls: 0, sessions: 1 });
  });

  test("is not needed", () => {
    expect(() => failSafeListener(undefined)({ type: "restored", principal: undefined })).not.toThrow();
  });
});
