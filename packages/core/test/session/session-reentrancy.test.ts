import { AsyncResource } from "node:async_hooks";
import { describe, expect, test, vi } from "vitest";
import { type BackendCall, SynchronousScope } from "../../src/session/backend-scope.js";
import type { Backend, GuardSession } from "../../src/session/guard-session.js";
import { type EngineCall, gate } from "../support/fake-engine.js";
import { call, loadFake } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const options = { signal: new AbortController().signal };

/** A guard that asks its backend once in every call, and answers as ever whatever comes back. */
async function askingGuest({ host }: EngineCall): Promise<undefined> {
  try {
    await host.callBackend("tool", null, options);
  } catch {
    // The guest sees a code, and goes on.
  }
}

const reentrant = {
  code: "REENTRANT",
  lost: false,
  message: "the guard's backend called a session that is waiting for it",
};

/** A session whose guest asks `backend`, which gets the session. */
async function sessionWith(
  backend: (session: GuardSession) => unknown,
  answer = askingGuest,
  asyncBackend = true,
) {
  const { guard } = await loadFake({ answer, capabilities: { asyncBackend } }, { policyRequired: false });
  const session: GuardSession = guard.session({ backend: () => backend(session) });
  return { guard, session };
}

describe("a backend that calls its own session", () => {
  test.each<[when: string, backend: (session: GuardSession) => unknown]>([
    ["at once", (session) => session.labelResource(call)],
    [
      "after an await",
      async (session) => {
        await nextTurn();
        return session.labelResource(call);
      },
    ],
    [
      "in a timer",
      (session) => new Promise((resolve) => setTimeout(() => resolve(session.labelResource(call)), 1)),
    ],
    [
      "in a callback of a promise",
      (session) => Promise.resolve().then(() => session.labelResponse(call, null)),
    ],
  ])("fails as REENTRANT, and does not wait for itself: %s", async (_when, backend) => {
    const inner: unknown[] = [];
    const { session } = await sessionWith(async (own) => {
      inner.push(await thrownBy(() => backend(own)));
      return null;
    });
    await session.labelResource(call);
    expect(inner).toEqual([expect.objectContaining(reentrant)]);
    // And the session goes on.
    await session.labelResource(call);
  });

  test("fails so too where backends must answer at once", async () => {
    const inner: Promise<unknown>[] = [];
    const { session } = await sessionWith(
      (own) => {
        inner.push(thrownBy(() => own.labelResource(call)));
        return null;
      },
      askingGuest,
      false,
    );
    await session.labelResource(call);
    expect(await Promise.all(inner)).toEqual([expect.objectContaining(reentrant)]);
  });

  test("fails before its input is looked at, or another turn is taken", async () => {
    const validate = vi.fn((value: unknown) => ({ value }));
    const { guard } = await loadFake(
      { answer: askingGuest },
      {
        policyRequired: false,
        maxWaitingCalls: 0,
        policySchema: { "~standard": { version: 1, vendor: "test", validate } },
      },
    );
    const inner: unknown[] = [];
    const session: GuardSession = guard.session({
      backend: async () => inner.push(await thrownBy(() => session.labelAgent({}))),
    });
    await session.labelResource(call);
    expect(inner).toEqual([expect.objectContaining(reentrant)]);
    expect(validate).not.toHaveBeenCalled();
  });
});

/** Made outside of every call, as the message port of a worker is. */
const port = new AsyncResource("port");

/** How the guest's request for its backend reaches the host. */
const arrivals: [how: string, answer: (running: EngineCall) => Promise<undefined>][] = [
  ["in the context of the call", askingGuest],
  ["in a context of the engine's own", (running) => port.runInAsyncScope(askingGuest, undefined, running)],
];

describe.each(arrivals)("two sessions, where backend calls arrive %s", (_how, answer) => {
  async function twoSessions(first: Backend, second: Backend) {
    const { guard } = await loadFake({ answer }, { policyRequired: false });
    return [guard.session({ backend: first }), guard.session({ backend: second })] as const;
  }

  test("do not wait for each other in a circle", async () => {
    const inner: unknown[] = [];
    const [one, other] = await twoSessions(
      async () => other.labelResource(call),
      async () => {
        await nextTurn();
        inner.push(await thrownBy(() => one.labelResource(call)));
      },
    );
    await one.labelResource(call);
    expect(inner).toEqual([expect.objectContaining(reentrant)]);
  });

  test("do not wait for each other in a circle where the second had to wait for its turn", async () => {
    const { opened, open } = gate();
    const inner: unknown[] = [];
    let calls = 0;
    const [one, other] = await twoSessions(
      async () => other.labelResource(call),
      async () => {
        // The first call of the second session is nobody's, and takes its time.
        if (++calls === 1) return opened;
        inner.push(await thrownBy(() => one.labelResource(call)));
        return null;
      },
    );
    const busy = other.labelResource(call);
    const running = one.labelResource(call);
    await nextTurn();
    open();
    await Promise.all([busy, running]);
    expect(inner).toEqual([expect.objectContaining(reentrant)]);
  });

  test("do not wait for each other where both are called by others", async () => {
    const outcomes: unknown[] = [];
    const calling = (session: () => GuardSession) => async () => {
      // Both guests wait for their backends before either of these calls the other.
      await nextTurn();
      outcomes.push(await outcomeOf(session().labelResource(call)));
    };
    const [one, other]: readonly [GuardSession, GuardSession] = await twoSessions(
      calling(() => other),
      calling(() => one),
    );
    await Promise.all([one.labelResource(call), other.labelResource(call)]);
    // The one that is refused answers, is called by the other, and is refused again inside that call.
    const refused = expect.objectContaining(reentrant);
    expect(outcomes).toEqual([refused, refused, "ok"]);
  });

  test("do not wait for each other where one of two waits is over already", async () => {
    const [queued, answering] = [gate(), gate()];
    let asked = 0;
    let outcome: unknown;
    const [one, other]: readonly [GuardSession, GuardSession] = await twoSessions(
      async () => {
        const first = other.labelResource(call);
        await queued.opened;
        await Promise.all([first, other.labelResource(call)]);
      },
      async () => {
        if (++asked === 1) await answering.opened;
        // The second session's second call is nobody's, and comes before the first session's second one.
        if (asked === 2) outcome = await outcomeOf(one.labelResource(call));
      },
    );
    const running = one.labelResource(call);
    await nextTurn();
    const between = other.labelResource(call);
    queued.open();
    await nextTurn();
    answering.open();
    await Promise.all([running, between]);
    expect(outcome).toEqual(expect.objectContaining(reentrant));
  });

  test("may call one that has waited for it, and does not any more", async () => {
    const { opened, open } = gate();
    let asked = 0;
    const outcomes: unknown[] = [];
    const [one, other]: readonly [GuardSession, GuardSession] = await twoSessions(
      async () => {
        if (++asked > 1) return;
        outcomes.push(await outcomeOf(other.labelResource(call)));
        await opened;
      },
      async () => {
        if (outcomes.length > 0) outcomes.push(await outcomeOf(one.labelResource(call)));
      },
    );
    const running = one.labelResource(call);
    while (outcomes.length === 0) await nextTurn();
    const back = other.labelResource(call);
    await nextTurn();
    open();
    await Promise.all([running, back]);
    expect(outcomes).toEqual(["ok", "ok"]);
  });

  test("may use each other where there is no circle", async () => {
    const labels: unknown[] = [];
    const [one] = await twoSessions(
      async () => labels.push(await leaf.labelResource(call)),
      async () => null,
    );
    const { guard } = await loadFake({}, { policyRequired: false });
    const leaf = guard.session();
    await one.labelResource(call);
    expect(labels).toHaveLength(1);
  });
});

test.each([2, 3, 4])("%d sessions in a ring do not wait for each other", async (size) => {
  const { guard } = await loadFake({ answer: askingGuest }, { policyRequired: false });
  const outcomes: unknown[] = [];
  const ring: GuardSession[] = Array.from({ length: size }, (_, i) =>
    guard.session({
      backend: async () => {
        await nextTurn();
        outcomes.push(await outcomeOf((ring[(i + 1) % size] as GuardSession).labelResource(call)));
      },
    }),
  );
  await Promise.all(ring.map((session) => session.labelResource(call)));
  expect(outcomes).toContainEqual(expect.objectContaining(reentrant));
  expect(outcomes).toContain("ok");
});

/** "ok", or what it was rejected with. */
function outcomeOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => "ok",
    (error: unknown) => error,
  );
}

describe("no call is taken for reentrant", () => {
  test("that is made by others while a backend call is on its way", async () => {
    const { opened, open } = gate();
    const { session } = await sessionWith(() => opened);
    const running = [session.labelResource(call), session.labelResource(call)];
    await nextTurn();
    running.push(session.labelResource(call));
    open();
    await Promise.all(running);
  });

  test("that a backend's leftover makes after the backend has answered", async () => {
    let leftover: Promise<unknown> | undefined;
    const { session } = await sessionWith(async (own) => {
      leftover ??= nextTurn()
        .then(nextTurn)
        .then(() => own.labelResource(call));
      return null;
    });
    await session.labelResource(call);
    await leftover;
  });

  test.each<[how: string, backend: (fail: () => never) => unknown]>([
    ["threw", (fail) => fail()],
    ["rejected", async (fail) => fail()],
  ])("that a backend's leftover makes after the backend %s", async (_how, backend) => {
    let leftover: Promise<unknown> | undefined;
    const { session } = await sessionWith((own) => {
      leftover ??= nextTurn()
        .then(nextTurn)
        .then(() => own.labelResource(call));
      return backend(() => {
        throw new Error("no");
      });
    });
    await session.labelResource(call);
    await leftover;
  });

  test("that a backend makes when the call that it was part of is over", async () => {
    let late: Promise<unknown> | undefined;
    const { opened, open } = gate();
    const { guard } = await loadFake(
      {
        answer: ({ host, instance }) => {
          if (instance > 1) return undefined;
          void Promise.resolve(host.callBackend("tool", null, options)).catch(() => undefined);
          throw new Error("the guest is gone, the backend is not");
        },
      },
      { policyRequired: false },
    );
    const session: GuardSession = guard.session({
      backend: async () => {
        await opened;
        late = session.labelResource(call);
        return new Promise(() => undefined);
      },
    });
    await thrownBy(() => session.labelResource(call));
    open();
    await nextTurn();
    await late;
  });

  test("that comes after a synchronous backend of an engine that knows no other", async () => {
    const { session } = await sessionWith(() => null, askingGuest, false);
    await session.labelResource(call);
    await session.labelResource(call);
  });
});

describe("SynchronousScope", () => {
  const made = (name: string): BackendCall & { name: string } => ({
    name,
    session: { pending: undefined },
    outer: undefined,
    waitsFor: new Set(),
    settled: false,
  });

  test("knows the innermost call, and forgets it whatever happens", () => {
    const scope = new SynchronousScope();
    const [outer, inner] = [made("outer"), made("inner")];
    expect(scope.current()).toBeUndefined();
    const seen = scope.run(outer, () => [
      scope.current(),
      scope.run(inner, () => scope.current()),
      scope.current(),
    ]);
    expect(seen).toEqual([outer, inner, outer]);
    expect(() =>
      scope.run(outer, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(scope.current()).toBeUndefined();
  });
});

test("only an engine with asynchronous backends makes the process follow every await", async () => {
  // The synchronous scope loses the call at the await; the deadline ends what it does not recognise.
  const seen: unknown[] = [];
  for (const asyncBackend of [true, false]) {
    const { guard } = await loadFake(
      { answer: askingGuest, capabilities: { asyncBackend } },
      { policyRequired: false, timeoutMs: 50 },
    );
    const session: GuardSession = guard.session({
      backend: async () => {
        await nextTurn();
        seen.push(((await thrownBy(() => session.labelResource(call))) as { code: string }).code);
      },
    });
    await session.labelResource(call);
  }
  expect(seen).toEqual(["REENTRANT", "TIMEOUT"]);
});
