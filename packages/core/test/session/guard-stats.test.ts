import { expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import { type EngineCall, gate } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const nothing = {
  calls: 0,
  aborts: 0,
  errors: {},
  otherErrors: 0,
  sessions: 1,
  liveInstances: 0,
  waitingCalls: 0,
  recoveries: 0,
  hibernations: 0,
};

test("a guard counts what happens to its calls, however they fail", async () => {
  const failures: Record<string, unknown> = {
    trap: new GuardError("TRAPPED", "gone", { lost: true }),
    exit: new GuardError("EXITED", "gone", { lost: true }),
    engine: new TypeError("broken"),
  };
  const { guard, session } = await loadFake(
    {
      answer: ({ operation, input }: EngineCall) => {
        const { tool_name } = input as { tool_name?: string };
        if (operation === "label_resource" && tool_name !== undefined && Object.hasOwn(failures, tool_name))
          throw failures[tool_name];
      },
    },
    { breaker: false },
  );
  expect(guard.stats()).toEqual(nothing);
  await session.labelAgent(policy);
  for (const name of ["trap", "trap", "exit", "engine", "fine"]) {
    await session.labelResource({ name }).catch(() => undefined);
  }
  await session.labelResource(call, { signal: AbortSignal.abort("stop") }).catch(() => undefined);
  await session.labelResource(call, { signal: AbortSignal.abort(failures.trap) }).catch(() => undefined);
  await session.labelResource(call, { timeoutMs: -1 }).catch(() => undefined);
  await session.labelResource({} as never).catch(() => undefined);
  await guard
    .session()
    .labelResource(call)
    .catch(() => undefined);
  const stats = guard.stats();
  expect(stats).toEqual({
    ...nothing,
    calls: 11,
    aborts: 2,
    errors: { TRAPPED: 2, EXITED: 1, NO_POLICY: 1 },
    otherErrors: 3,
    sessions: 2,
    liveInstances: 1,
    recoveries: 4,
  });
  expect(JSON.parse(JSON.stringify(stats))).toEqual(stats);
});

test("what it counts does not change what it has counted before", async () => {
  const { guard, session } = await loadFake();
  const before = guard.stats();
  await session.labelResource(call).catch(() => undefined);
  expect(before).toEqual(nothing);
});

test("a guard knows how many calls wait, for their turn or for an instance", async () => {
  const { opened, open } = gate();
  const { guard, session } = await loadFake(
    { answer: () => opened.then(() => undefined) },
    { maxLiveInstances: 1, policyRequired: false },
  );
  const other = guard.session();
  const running = [session, session, session, other, other].map((each) => each.labelResource(call));
  await nextTurn();
  expect(guard.stats()).toMatchObject({ calls: 5, liveInstances: 1, waitingCalls: 4 });
  open();
  await Promise.all(running);
  expect(guard.stats()).toMatchObject({ calls: 5, waitingCalls: 0 });
  await session.close();
  expect(guard.stats()).toMatchObject({ sessions: 1 });
});
