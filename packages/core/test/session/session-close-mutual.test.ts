import { describe, expect, test } from "vitest";
import type { GuardSession } from "../../src/session/guard-session.js";
import { type EngineCall, gate } from "../support/fake-engine.js";
import { call, loadFake } from "../support/load-fake.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const { signal } = new AbortController();

/** A guard that asks its backend once in every call, and answers as ever whatever comes back. Nothing times out. */
async function loadAsking() {
  const answer = async ({ host }: EngineCall) => {
    await host.callBackend("tool", null, { signal });
  };
  const infinite = Number.POSITIVE_INFINITY;
  return loadFake({ answer }, { policyRequired: false, timeoutMs: infinite, closeTimeoutMs: infinite });
}

/** Sessions of one guard, whose backends do what `act` says once all of them run. */
async function runningTogether(
  count: number,
  act: (sessions: readonly GuardSession[], own: number) => unknown,
) {
  const { guard } = await loadAsking();
  const { opened, open } = gate();
  let asked = 0;
  const sessions: GuardSession[] = Array.from({ length: count }, (_, own) =>
    guard.session({
      backend: async () => {
        if (++asked === count) open();
        await opened;
        await nextTurn();
        return act(sessions, own);
      },
    }),
  );
  const answers = await Promise.all(sessions.map((session) => session.labelResource(call)));
  return { guard, sessions, answers };
}

const next = (sessions: readonly GuardSession[], own: number) =>
  sessions[(own + 1) % sessions.length] as GuardSession;

describe("sessions whose backends wait for the close of each other", () => {
  test.each([2, 3, 4])("in a ring of %d do not hang, and all are closed in the end", async (count) => {
    const { sessions, guard } = await runningTogether(count, (all, own) => next(all, own).close());
    for (const session of sessions) {
      await session.close();
      await expect(session.labelResource(call)).rejects.toMatchObject({ code: "CLOSED" });
    }
    expect(guard.stats()).toMatchObject({ sessions: 1, liveInstances: 0 });
  });

  test.each([
    { first: 0, closing: "ok", calling: "REENTRANT" },
    { first: 1, closing: "ok", calling: "ok" },
  ])(
    "or for a call of each other: who would close the circle does not wait (%o)",
    async ({ first, ...expected }) => {
      const outcomes: Record<string, unknown> = {};
      await runningTogether(2, async (all, own) => {
        const what = own === 0 ? "closing" : "calling";
        // The call of the one that is called may come to its turn after all.
        if (what in outcomes) return;
        outcomes[what] = undefined;
        if (own !== first) await nextTurn();
        const work = own === 0 ? next(all, own).close() : next(all, own).labelResource(call);
        outcomes[what] = await work.then(
          () => "ok",
          (error: { code: string }) => error.code,
        );
      });
      expect(outcomes).toEqual(expected);
    },
  );

  test("all at once, and the guard as well, do not hang", async () => {
    const { guard } = await loadAsking();
    const sessions: GuardSession[] = Array.from({ length: 6 }, () =>
      guard.session({
        backend: async () => {
          await nextTurn();
          await Promise.all([...sessions.map((session) => session.close()), guard.close()]);
        },
      }),
    );
    await Promise.all(sessions.map((session) => session.labelResource(call)));
    await guard.close();
    expect(guard.stats()).toMatchObject({ sessions: 0, liveInstances: 0 });
  });
});

test("sessions of two guards whose backends close each other's guards do not hang", async () => {
  const guards = [(await loadAsking()).guard, (await loadAsking()).guard] as const;
  const { opened, open } = gate();
  let asked = 0;
  const running = [0, 1].map((own) =>
    guards[own as 0 | 1]
      .session({
        backend: async () => {
          if (++asked === 2) open();
          await opened;
          await guards[(1 - own) as 0 | 1].close();
        },
      })
      .labelResource(call),
  );
  await Promise.all(running);
  for (const guard of guards) await guard.close();
});

test("a close that nobody would wait for in a circle is waited for", async () => {
  const { guard } = await loadAsking();
  const { opened, open } = gate();
  const other = guard.session({ backend: () => opened });
  const order: string[] = [];
  const session = guard.session({
    backend: async () => {
      await other.close();
      order.push("closed");
    },
  });
  const busy = other.labelResource(call).then(() => order.push("other"));
  const running = session.labelResource(call).then(() => order.push("session"));
  await nextTurn();
  expect(order).toEqual([]);
  open();
  await Promise.all([busy, running]);
  expect(order).toEqual(["other", "closed", "session"]);
});
