import { getEventListeners, once } from "node:events";
import { Worker } from "node:worker_threads";
import { type GuardChannel, GuardError } from "@guardhost/core";
import { describe, expect, test } from "vitest";
import { nodeWorkerOptions } from "../src/index.js";
import { act, type Deed, fakeHost, fakePool } from "./support/fake-pool.js";
import { pause, until } from "./support/turns.js";

const REASON = { why: "the user has left" };
const never = () => new Promise(() => undefined);

describe("an abort rejects with its reason", () => {
  test.each<{ where: string; deed: Deed; survives: boolean }>([
    { where: "in a guest that checks", deed: { do: "spin" }, survives: true },
    { where: "in a guest that does not check", deed: { do: "stick" }, survives: false },
    {
      where: "in an engine that waits for something else",
      deed: { do: "sleep", ms: 60_000 },
      survives: false,
    },
    {
      where: "in a backend that never answers",
      deed: { do: "ask", questions: [["t", "1"]] },
      survives: true,
    },
    {
      where: "in a guest that spins after its backend",
      deed: { do: "askThenSpin", tool: "t" },
      survives: true,
    },
  ])("$where", async ({ deed, survives }) => {
    const { pool, workers } = fakePool({ maxThreads: 1, graceMs: survives ? 30_000 : 50 });
    const channel = await pool.open({}, fakeHost(never));
    const neighbour = await pool.open({}, fakeHost());
    const controller = new AbortController();
    const call = act(channel, deed, { signal: controller.signal, timeoutMs: 60_000 });
    setTimeout(() => controller.abort(REASON), 20);
    await expect(call).rejects.toBe(REASON);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    await expect(act(channel, { do: "echo", value: 1 })).rejects.toMatchObject({
      code: "CLOSED",
      lost: true,
    });
    // The thread was the neighbour's as well.
    const next = act(neighbour, { do: "echo", value: 1 });
    if (survives) expect(await next).toBe(1);
    else await expect(next).rejects.toMatchObject({ code: "CLOSED", lost: true });
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 2 })).toBe(2);
    expect(workers.length).toBe(survives ? 1 : 2);
  });

  test.each<Deed>([{ do: "stick" }, { do: "sleep", ms: 600_000 }])(
    "without waiting for the thread: %o",
    async (deed) => {
      const { pool } = fakePool({ graceMs: 600_000 });
      const controller = new AbortController();
      const call = act(await pool.open({}, fakeHost()), deed, { signal: controller.signal });
      setTimeout(() => controller.abort(REASON), 10);
      await expect(call).rejects.toBe(REASON);
      // Nobody else gets it meanwhile.
      expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
      expect(pool.threads).toBe(2);
    },
  );

  test("before the call", async () => {
    const channel = await fakePool().pool.open({}, fakeHost());
    const signal = AbortSignal.abort(REASON);
    await expect(act(channel, { do: "echo", value: 1 }, { signal })).rejects.toBe(REASON);
  });

  test("while the call waits for its thread", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const [busy, waiting] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
    const running = act(busy, { do: "busy", ms: 60 });
    const controller = new AbortController();
    const call = act(waiting, { do: "echo", value: 1 }, { signal: controller.signal });
    controller.abort(REASON);
    await expect(call).rejects.toBe(REASON);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(await running).toBe("was busy");
  });

  test("although the guest answers all the same", async () => {
    const channel = await fakePool().pool.open({}, fakeHost());
    const controller = new AbortController();
    const call = act(channel, { do: "answerLate" }, { signal: controller.signal });
    setTimeout(() => controller.abort(REASON), 10);
    await expect(call).rejects.toBe(REASON);
  });

  test("even if that is a GuardError that speaks of an intact instance", async () => {
    const channel = await fakePool().pool.open({}, fakeHost());
    const reason = new GuardError("BUSY", "of the caller's own");
    await expect(act(channel, { do: "echo", value: 1 }, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    await expect(act(channel, { do: "echo", value: 1 })).rejects.toMatchObject({
      code: "CLOSED",
      lost: true,
    });
  });
});

describe("an opening can be stopped", () => {
  test.each<{ where: string; setup: unknown; survives: boolean }>([
    { where: "while the thread starts", setup: {}, survives: true },
    { where: "while the guest is initialised", setup: { atOpening: { do: "spin" } }, survives: true },
    { where: "while it does not check", setup: { atOpening: { do: "stick" } }, survives: false },
  ])("$where", async ({ where, setup, survives }) => {
    const { pool, workers } = fakePool({ maxThreads: 1, graceMs: survives ? 30_000 : 50 });
    if (!where.includes("starts")) await (await pool.open({}, fakeHost())).close();
    const controller = new AbortController();
    const opening = pool.open(setup, fakeHost(), { signal: controller.signal });
    setTimeout(() => controller.abort(REASON), where.includes("starts") ? 0 : 20);
    await expect(opening).rejects.toBe(REASON);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
    expect(workers.length).toBe(survives ? 1 : 2);
  });

  test("before its thread has started: nothing is opened then", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const whenOpened = new SharedArrayBuffer(4);
    const controller = new AbortController();
    const opening = expect(pool.open({ whenOpened }, fakeHost(), { signal: controller.signal })).rejects.toBe(
      REASON,
    );
    // The request is out, and the worker a long way from reading it.
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(REASON);
    await opening;
    await pool.open({ whenOpened }, fakeHost());
    expect([...new Int32Array(whenOpened)]).toEqual([1]);
  });

  test("too late: what is opened all the same is closed", async () => {
    const { pool } = fakePool({ graceMs: 30_000 });
    const [whenOpened, whenClosed] = [new SharedArrayBuffer(4), new SharedArrayBuffer(4)];
    const setup = { atOpening: { do: "sleep", ms: 50 }, whenOpened, whenClosed };
    const controller = new AbortController();
    const opening = expect(pool.open(setup, fakeHost(), { signal: controller.signal })).rejects.toBe(REASON);
    await until(() => Atomics.load(new Int32Array(whenOpened), 0) === 1, "the opening has begun");
    controller.abort(REASON);
    await opening;
    await until(() => Atomics.load(new Int32Array(whenClosed), 0) === 1, "the instance was closed");
  });

  test("by its deadline", async () => {
    const { pool } = fakePool({ graceMs: 20 });
    for (const atOpening of [{ do: "spin" }, { do: "stick" }]) {
      await expect(pool.open({ atOpening }, fakeHost(), { timeoutMs: 200 })).rejects.toMatchObject({
        code: "TIMEOUT",
      });
    }
  });
});

describe("a deadline", () => {
  test.each<{ where: string; deed: Deed }>([
    { where: "a guest that checks", deed: { do: "spin" } },
    { where: "a guest that does not check", deed: { do: "stick" } },
    { where: "a backend that never answers", deed: { do: "askThenSpin", tool: "t" } },
  ])("ends $where", async ({ deed }) => {
    const { pool } = fakePool({ graceMs: 20 });
    const channel = await pool.open({}, fakeHost(never));
    await expect(act(channel, deed, { timeoutMs: 30 })).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: true,
    });
    expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
  });

  test("counts the wait for a thread, and costs the instance nothing there", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const [busy, waiting] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
    const running = act(busy, { do: "busy", ms: 60 });
    await expect(act(waiting, { do: "echo", value: 1 }, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: false,
    });
    await expect(pool.open({}, fakeHost(), { timeoutMs: 5 })).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await running).toBe("was busy");
    expect(await act(waiting, { do: "calls" })).toBe(1);
  });
});

describe("where the runtime does not terminate a blocked thread, it ends by itself", () => {
  /** A pool whose workers are only said to be terminated, and their ends. */
  function deafPool() {
    const exits: Promise<unknown>[] = [];
    const { pool } = fakePool({
      spawn() {
        const worker = new Worker(new URL("./fixtures/fake-guard.js", import.meta.url), nodeWorkerOptions);
        exits.push(once(worker, "exit"));
        worker.terminate = async () => 0;
        return worker;
      },
    });
    return { pool, exits };
  }

  test("when it waits for a request", async () => {
    const { pool, exits } = deafPool();
    await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 });
    await pool.close();
    expect(await Promise.all(exits)).toEqual([[0]]);
  });

  test("when it was warmed for nothing", async () => {
    const { pool, exits } = deafPool();
    pool.warm();
    await pool.close();
    expect(await Promise.all(exits)).toEqual([[0]]);
  });

  test("when its guest computes, or waits for a backend", async () => {
    const { pool, exits } = deafPool();
    const channels = [await pool.open({}, fakeHost(never)), await pool.open({}, fakeHost(never))];
    const deeds = [{ do: "spin" }, { do: "ask", questions: [["t", "1"]] }];
    const calls = channels.map((channel, index) => act(channel, deeds[index] as Deed));
    const refused = calls.map((call) => expect(call).rejects.toMatchObject({ code: "CLOSED" }));
    await pause(50);
    await pool.close();
    await Promise.all(refused);
    expect(await Promise.all(exits)).toEqual([[0], [0]]);
  });
});

test("200 aborts in a row: each rejects soon, with one thread and no listener left over", async () => {
  const { pool, workers } = fakePool({ maxThreads: 1, graceMs: 30_000 });
  const controllers: AbortController[] = [];
  const waits: number[] = [];
  for (let aborted = 0; aborted < 200; aborted++) {
    const channel: GuardChannel = await pool.open({}, fakeHost());
    const controller = new AbortController();
    controllers.push(controller);
    const call = act(channel, { do: "spin" }, { signal: controller.signal });
    await pause(1);
    const start = performance.now();
    controller.abort(REASON);
    await expect(call).rejects.toBe(REASON);
    waits.push(performance.now() - start);
    await channel.close();
  }
  expect(waits.sort((a, b) => a - b)[100]).toBeLessThan(20);
  expect(workers.length).toBe(1);
  expect(controllers.flatMap(({ signal }) => getEventListeners(signal, "abort"))).toEqual([]);
});

test("many calls share a signal without a warning", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on("warning", onWarning);
  const { pool } = fakePool({ maxThreads: 2 });
  const channels = await Promise.all(Array.from({ length: 40 }, () => pool.open({}, fakeHost())));
  const controller = new AbortController();
  const { signal } = controller;
  const refused = Promise.all(
    channels.map((channel) =>
      act(channel, { do: "spin" }, { signal }).then(
        () => "answered",
        (reason: unknown) => reason,
      ),
    ),
  );
  await until(() => getEventListeners(signal, "abort").length === 1, "the pool listens");
  controller.abort(REASON);
  expect(new Set(await refused)).toEqual(new Set([REASON]));
  expect(getEventListeners(signal, "abort")).toEqual([]);
  await pause(1);
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
