import { describe, expect, test } from "vitest";
import { FakeNesting, nested } from "./support/fake-nesting.js";
import { act, fakeHost, fakePool } from "./support/fake-pool.js";
import { FakeSession } from "./support/fake-session.js";
import { pause, until } from "./support/turns.js";

const echo = { do: "echo", value: "echo" };

test("openings share a free thread rather than start another", async () => {
  const { pool, workers } = fakePool({ maxThreads: 4 });
  for (let opened = 0; opened < 10; opened++) await pool.open({}, fakeHost());
  expect(workers.length).toBe(1);
});

test("an opening goes where the fewest instances live", async () => {
  const { pool } = fakePool({ maxThreads: 2 });
  const setup = { atOpening: { do: "busy", ms: 40 } };
  const [one, other] = await Promise.all([pool.open(setup, fakeHost()), pool.open(setup, fakeHost())]);
  const crowded = await act(one, { do: "thread" });
  const lonely = await act(other, { do: "thread" });
  expect(crowded).not.toBe(lonely);
  const third = await pool.open({}, fakeHost());
  expect([crowded, lonely]).toContain(await act(third, { do: "thread" }));
  const fourth = await pool.open({}, fakeHost());
  expect([await act(third, { do: "thread" }), await act(fourth, { do: "thread" })].sort()).toEqual(
    [crowded, lonely].sort(),
  );
  await one.close();
  expect(await act(await pool.open({}, fakeHost()), { do: "thread" })).toBe(crowded);
});

test("calls on different threads run at the same time", async () => {
  const { pool } = fakePool({ maxThreads: 2 });
  const met = new SharedArrayBuffer(4);
  const sessions = [
    new FakeSession(pool, fakeHost(), { setup: { met } }),
    new FakeSession(pool, fakeHost(), { setup: { met } }),
  ];
  // Each waits for the other one, on its thread.
  expect(await Promise.all(sessions.map((session) => session.act({ do: "meet", parties: 2 })))).toEqual([
    "met",
    "met",
  ]);
});

test("calls for a busy thread run in order of arrival", async () => {
  const { pool } = fakePool({ maxThreads: 1 });
  const channels = [];
  for (let opened = 0; opened < 10; opened++) channels.push(await pool.open({}, fakeHost()));
  const order: number[] = [];
  await Promise.all(
    channels.map(async (channel, index) => {
      await act(channel, { do: "busy", ms: 3 });
      order.push(index);
    }),
  );
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

describe("an instance whose thread is busy", () => {
  test("moves to another thread, started for it", async () => {
    const { pool, workers } = fakePool({ maxThreads: 2 });
    const busy = new FakeSession(pool, fakeHost());
    const moving = new FakeSession(pool, fakeHost());
    await busy.act(echo);
    await moving.act(echo);
    expect(workers.length).toBe(1);
    const long = busy.act({ do: "spin" }, { timeoutMs: 2_000 }).catch(() => "spun");
    expect(await moving.act(echo, { timeoutMs: 1_500 })).toBe("echo");
    expect(moving.openings).toBe(2);
    expect(workers.length).toBe(2);
    expect(await long).toBe("spun");
  });

  test("waits when it is pinned", async () => {
    const { pool, workers } = fakePool({ maxThreads: 2 });
    const busy = await pool.open({}, fakeHost());
    const pinned = await pool.open({}, fakeHost(), { pinned: true });
    const order: string[] = [];
    const long = act(busy, { do: "busy", ms: 60 }).then(() => order.push("busy"));
    await act(pinned, { do: "calls" }).then((calls) => order.push(`pinned: ${calls}`));
    await long;
    expect(order).toEqual(["busy", "pinned: 1"]);
    expect(workers.length).toBe(1);
  });

  test("waits in line when every thread is busy, and moves to the first one that is not", async () => {
    const { pool, workers } = fakePool({ maxThreads: 2 });
    const sessions = [new FakeSession(pool, fakeHost()), new FakeSession(pool, fakeHost())] as const;
    const waiting = new FakeSession(pool, fakeHost());
    await waiting.act(echo);
    const calls = [sessions[0].act({ do: "busy", ms: 400 }), sessions[1].act({ do: "busy", ms: 60 })];
    await until(() => workers.length === 2, "both threads are taken");
    expect(await waiting.act(echo)).toBe("echo");
    expect(pool.threads).toBe(2);
    expect(await Promise.all(calls)).toEqual(["was busy", "was busy"]);
  });
});

describe("a queue that is full", () => {
  test("refuses as BUSY, and costs the instance nothing", async () => {
    const { pool } = fakePool({ maxThreads: 1, maxWaitingCalls: 2 });
    const channels = [];
    for (let opened = 0; opened < 4; opened++) channels.push(await pool.open({}, fakeHost()));
    const [first, second, third, fourth] = channels.map((channel) => act(channel, { do: "busy", ms: 20 }));
    await expect(fourth).rejects.toMatchObject({ code: "BUSY", lost: false });
    await expect(pool.open({}, fakeHost())).rejects.toMatchObject({ code: "BUSY", lost: false });
    expect(await Promise.all([first, second, third])).toEqual(["was busy", "was busy", "was busy"]);
    expect(await act(channels[3] as (typeof channels)[0], { do: "calls" })).toBe(1);
  });

  test("of no length still serves who does not have to wait", async () => {
    const { pool } = fakePool({ maxThreads: 1, maxWaitingCalls: 0 });
    const channel = await pool.open({}, fakeHost());
    expect(await act(channel, echo)).toBe("echo");
  });
});

test("200 sessions on two threads: every call is answered by its own instance", async () => {
  const { pool } = fakePool({ maxThreads: 2 });
  const sessions = Array.from({ length: 200 }, () => new FakeSession(pool, fakeHost()));
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(sessions.map((session, value) => session.act({ do: "echo", value })));
    expect(answers).toEqual(sessions.map((_, value) => value));
  }
  expect(pool.threads).toBeLessThanOrEqual(2);
  // Moving is for when it helps: a session that moved each time would have opened six instances.
  const openings = sessions.reduce((sum, session) => sum + session.openings, 0);
  expect(openings).toBeLessThan(400);
});

describe("nested calls", () => {
  /** Sessions of which each calls the next one from its backend. */
  function nest(pool: ReturnType<typeof fakePool>["pool"], depth: number): FakeSession {
    const inner = depth === 1 ? undefined : nest(pool, depth - 1);
    const host = fakeHost(async () => {
      await pause(1);
      if (inner === undefined) return "the bottom";
      return inner.act({ do: "ask", questions: [["deeper", "1"]] }, { nesting: nested(), timeoutMs: 30_000 });
    });
    return new FakeSession(pool, host);
  }

  test("of depth 10 end on one thread and spares, again and again", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const outermost = nest(pool, 10);
    for (let round = 0; round < 3; round++) {
      const answer = await outermost.act({ do: "ask", questions: [["deeper", "1"]] });
      expect(JSON.stringify(answer)).toContain("the bottom");
    }
    expect(pool.threads).toBeLessThanOrEqual(10);
  });

  test("that a backend makes at the same time share the spare thread", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const inner = Array.from({ length: 8 }, () => new FakeSession(pool, fakeHost()));
    let most = 0;
    const host = fakeHost(() =>
      Promise.all(
        inner.map(async (session, value) => {
          const answer = await session.act({ do: "echo", value }, { nesting: nested(), timeoutMs: 30_000 });
          most = Math.max(most, pool.threads);
          return answer;
        }),
      ),
    );
    const outer = new FakeSession(pool, host);
    expect(await outer.act({ do: "ask", questions: [["all", "1"]] })).toEqual(["[0,1,2,3,4,5,6,7]"]);
    expect(most).toBe(2);
  });

  test("leave spares for each other: who is not nested does not get one", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    let release: (value: string) => void = () => undefined;
    const outer = new FakeSession(
      pool,
      fakeHost(() => new Promise((resolve) => (release = resolve))),
    );
    const call = outer.act({ do: "ask", questions: [["t", "1"]] });
    const inner = new FakeSession(pool, fakeHost());
    await until(() => pool.threads === 1, "the outer call runs");
    await pause(10);
    expect(await inner.act(echo, { nesting: nested() })).toBe("echo");
    expect(pool.threads).toBe(2);
    // The spare is free now, and the thread is parked.
    const plain = new FakeSession(pool, fakeHost());
    await expect(plain.act(echo, { timeoutMs: 50 })).rejects.toMatchObject({ code: "TIMEOUT" });
    release("done");
    expect(await call).toEqual(['"done"']);
    expect(await plain.act(echo)).toBe("echo");
  });

  test.each<[what: string, isOpen: boolean]>([
    ["a call of an instance on the parked thread", true],
    ["an opening", false],
  ])("may be %s that waited already, as one that nobody waited for", async (_what, isOpen) => {
    const { pool } = fakePool({ maxThreads: 1 });
    const inner = new FakeSession(pool, fakeHost());
    if (isOpen) await inner.act(echo);
    const nesting = new FakeNesting();
    let waiting: Promise<unknown> | undefined;
    const outer = new FakeSession(
      pool,
      fakeHost(async () => {
        waiting = inner.act(echo, { nesting, timeoutMs: 10_000 });
        await pause(20);
        nesting.begin();
        return waiting;
      }),
    );
    const answer = outer.act({ do: "ask", questions: [["t", "1"]] }, { timeoutMs: 10_000 });
    expect(await answer).toEqual(['"echo"']);
    expect(nesting.callbacks.size).toBe(0);
  });

  test("for a pinned instance on the parked thread are refused rather than never served", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const pinned = new FakeSession(pool, fakeHost(), { pinned: true });
    await pinned.act(echo);
    const outer = new FakeSession(
      pool,
      fakeHost(() =>
        pinned.act(echo, { nesting: nested() }).catch((error) => ({ code: error.code, lost: error.lost })),
      ),
    );
    expect(await outer.act({ do: "ask", questions: [["t", "1"]] })).toEqual(['{"code":"BUSY","lost":false}']);
    expect(await pinned.act({ do: "calls" })).toBe(2);
  });

  test("leave no spare thread behind", async () => {
    const { pool } = fakePool({ maxThreads: 1, idleMs: 20 });
    const outermost = nest(pool, 4);
    await outermost.act({ do: "ask", questions: [["deeper", "1"]] });
    await until(() => pool.threads === 1, "the spare threads were closed");
    // The outermost session's instance may have gone with one of them, and comes again.
    expect(JSON.stringify(await outermost.act({ do: "ask", questions: [["deeper", "1"]] }))).toContain(
      "the bottom",
    );
  });
});
