import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { nodeWorkerOptions, ThreadPool } from "../src/index.js";
import { act, type Deed, fakeHost, fakePool } from "./support/fake-pool.js";
import { until } from "./support/turns.js";

describe("a thread that dies rejects its call and is replaced", () => {
  test.each<{ how: string; deed: Deed; code: string; message: RegExp }>([
    { how: "an exception", deed: { do: "crash" }, code: "TRAPPED", message: /crashed on purpose/ },
    { how: "a rejection", deed: { do: "reject" }, code: "TRAPPED", message: /rejected on purpose/ },
    { how: "an exit", deed: { do: "exit", code: 7 }, code: "TRAPPED", message: /exited with code 7/ },
    {
      how: "an exit as if all were well",
      deed: { do: "exit", code: 0 },
      code: "TRAPPED",
      message: /exited with code 0/,
    },
    { how: "no memory", deed: { do: "hoard" }, code: "OUT_OF_MEMORY", message: /memory/ },
  ])("$how", async ({ deed, code, message }) => {
    const { pool, workers } = fakePool({ maxThreads: 1 }, { resourceLimits: { maxOldGenerationSizeMb: 24 } });
    const [channel, neighbour] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
    await expect(act(channel, deed)).rejects.toMatchObject({
      code,
      lost: true,
      message: expect.stringMatching(message),
    });
    for (const gone of [channel, neighbour]) {
      await expect(act(gone, { do: "echo", value: 1 })).rejects.toMatchObject({ code: "CLOSED", lost: true });
      await gone.close();
    }
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
    expect(workers.length).toBe(2);
    expect(pool.threads).toBe(1);
  });

  test("while it is idle, which the next call gets to know", async () => {
    const { pool, workers } = fakePool();
    const channel = await pool.open({}, fakeHost());
    await workers[0]?.terminate();
    await until(() => pool.threads === 0, "the pool noticed");
    await expect(act(channel, { do: "echo", value: 1 })).rejects.toMatchObject({
      code: "CLOSED",
      lost: true,
    });
  });

  test("while others wait for it: they move", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const [dying, waiting] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
    const refused = Promise.all([
      expect(act(dying, { do: "crash" })).rejects.toMatchObject({ code: "TRAPPED" }),
      expect(act(waiting, { do: "echo", value: 1 })).rejects.toMatchObject({ code: "CLOSED", lost: true }),
    ]);
    const opening = pool.open({}, fakeHost());
    await refused;
    expect(await act(await opening, { do: "echo", value: 1 })).toBe(1);
  });

  test("while it opens an instance", async () => {
    const { pool } = fakePool();
    await expect(pool.open({ atOpening: { do: "crash" } }, fakeHost())).rejects.toMatchObject({
      code: "TRAPPED",
    });
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
  });
});

const start = (url: URL) => new Worker(url, nodeWorkerOptions);
const notAGuard = () => start(new URL("./fixtures/not-a-guard.js", import.meta.url));

test("calls whose time is up before their worker has started are told so, and blame no guest", async () => {
  await using pool = new ThreadPool({ spawn: notAGuard, maxThreads: 1 });
  const refused = [1, 2].map(() =>
    expect(pool.open({}, fakeHost(), { timeoutMs: 50 })).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: false,
      message: expect.stringContaining("did not start in time"),
    }),
  );
  await Promise.all(refused);
});

describe("a worker that cannot be started is ENGINE_UNAVAILABLE", () => {
  const broken = () => start(new URL("./fixtures/broken.js", import.meta.url));
  const missing = () => start(new URL("./missing.js", import.meta.url));
  test.each<{ why: string; spawn: () => Worker; message: RegExp }>([
    { why: "there is no such file", spawn: missing, message: /missing\.js/ },
    {
      why: "it fails when it is loaded",
      spawn: broken,
      message: /broken at the top/,
    },
    {
      why: "it never serves",
      spawn: notAGuard,
      message: /did not answer in time/,
    },
    {
      why: "the engine cannot make one",
      spawn: () => {
        throw new Error("forbidden by policy");
      },
      message: /forbidden by policy/,
    },
  ])("$why", async ({ spawn, message }) => {
    await using pool = new ThreadPool({ spawn, startTimeoutMs: 1_000 });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(pool.open({}, fakeHost())).rejects.toMatchObject({
        code: "ENGINE_UNAVAILABLE",
        lost: false,
        message: expect.stringMatching(message),
      });
    }
    expect(pool.threads).toBe(0);
  });

  test("what the guard is opened with cannot be cloned", async () => {
    const { pool, workers } = fakePool();
    await expect(pool.open({ callback: () => undefined }, fakeHost())).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      lost: false,
      message: expect.stringContaining("could not be cloned"),
    });
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
    expect(workers.length).toBe(1);
  });

  test("the deadline of an opening comes before the time to start", async () => {
    await using pool = new ThreadPool({ spawn: notAGuard, graceMs: 10 });
    await expect(pool.open({}, fakeHost(), { timeoutMs: 50 })).rejects.toMatchObject({ code: "TIMEOUT" });
  });
});

test("a message that nobody can read ends the thread", async () => {
  const { pool, workers } = fakePool();
  const channel = await pool.open({}, fakeHost());
  const call = expect(act(channel, { do: "spin" })).rejects.toMatchObject({ code: "TRAPPED", lost: true });
  workers[0]?.emit("messageerror", new Error("garbled"));
  await call;
  expect(pool.threads).toBe(0);
});

test("a call that could move stays where it is when no thread can be started for it", async () => {
  let mayStart = true;
  const spawn = () => {
    if (!mayStart) throw new Error("no more threads");
    return new Worker(new URL("./fixtures/fake-guard.js", import.meta.url));
  };
  const { pool } = fakePool({ maxThreads: 2, spawn });
  const [busy, waiting] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
  mayStart = false;
  const running = act(busy, { do: "busy", ms: 60 });
  expect(await act(waiting, { do: "calls" })).toBe(1);
  expect(await running).toBe("was busy");
});
