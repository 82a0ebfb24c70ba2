import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { act, fakeHost, fakePool } from "./support/fake-pool.js";
import { FakeSession } from "./support/fake-session.js";
import { pause, until } from "./support/turns.js";

/** Asks the backend once and returns what the guest got. */
const ask = (tool: string, args: string | number = "null") => ({ do: "ask", questions: [[tool, args]] });

describe("what the guest gets from its backend", () => {
  const large = "x".repeat(16_777_000);
  test.each([
    {
      what: "an answer at once",
      backend: (tool: string, args: unknown) => ({ tool, args }),
      answer: { tool: "t", args: { a: 1 } },
    },
    { what: "an answer later", backend: () => pause(2).then(() => [1, 2]), answer: [1, 2] },
    { what: "nothing, which is null", backend: () => undefined, answer: null },
    { what: "a large answer", backend: () => large, answer: large },
    { what: "a large answer later", backend: () => pause(2).then(() => large), answer: large },
  ])("$what", async ({ backend, answer }) => {
    const channel = await fakePool().pool.open({}, fakeHost(backend));
    const [got] = (await act(channel, ask("t", '{"a":1}'))) as [string];
    expect(JSON.parse(got)).toEqual(answer);
  });

  test.each<{ what: string; backend: () => unknown; args?: string | number }>([
    {
      what: "a throw",
      backend: () => {
        throw new Error("secret");
      },
    },
    { what: "a rejection", backend: () => Promise.reject(new Error("secret")) },
    { what: "an answer that JSON has no word for", backend: () => 1n },
    { what: "the same, later", backend: async () => 1n },
    { what: "arguments that are not JSON", backend: () => 1, args: "{" },
    { what: "arguments that nest too deeply", backend: () => 1, args: "[".repeat(1_000) + "]".repeat(1_000) },
    { what: "an answer larger than payloads may be", backend: () => "x".repeat(70_000) },
    { what: "arguments larger than payloads may be", backend: () => 1, args: 70_000 },
  ])("a failure without a reason for $what", async ({ backend, args }) => {
    const channel = await fakePool({ maxPayloadBytes: 65_536 }).pool.open({}, fakeHost(backend));
    const [got] = (await act(channel, ask("t", args))) as [string];
    expect(got).toMatch(/^failed: /);
    expect(got).not.toContain("secret");
    // It costs neither the call nor the instance.
    expect(await act(channel, { do: "echo", value: 1 })).toBe(1);
  });
});

test("arguments of 256 KiB arrive as they are", async () => {
  let length = 0;
  const host = fakeHost((_, args) => {
    length = (args as string).length;
    return args;
  });
  const channel = await fakePool().pool.open({}, host);
  await act(channel, ask("t", 262_144));
  expect(length).toBe(262_144);
});

test("text survives in both directions", async () => {
  const channel = await fakePool().pool.open({}, fakeHost());
  const args = { ключ: "値 🎉 \u0000\u2028" };
  const [got] = (await act(channel, ask("инструмент", JSON.stringify(args)))) as [string];
  expect(JSON.parse(got)).toEqual({ tool: "инструмент", args });
});

test("messages arrive in order: before each question, and with the answer", async () => {
  const seen: string[] = [];
  const host = {
    callBackend: (tool: string) => {
      seen.push(`backend: ${tool}`);
      return null;
    },
    log: (level: string, message: string) => seen.push(`${level}: ${message}`),
  };
  const channel = await fakePool().pool.open({}, host);
  await act(channel, {
    do: "ask",
    questions: [
      ["one", "1"],
      ["two", "2"],
    ],
  });
  expect(seen).toEqual([
    "info: before one",
    "backend: one",
    "info: before two",
    "backend: two",
    "info: after all",
  ]);
});

test("a log that throws decides nothing", async () => {
  const host = {
    callBackend: () => "answer",
    log() {
      throw new Error("the log is broken");
    },
  };
  const channel = await fakePool().pool.open({}, host);
  expect(await act(channel, ask("t"))).toEqual(['"answer"']);
});

test("the backend runs in the asynchronous context of the call", async () => {
  const context = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const host = fakeHost(async () => {
    seen.push(context.getStore());
    await pause(1);
  });
  // Threads start in a context of their own, and so does each message of theirs.
  const pool = context.run("start", () => fakePool().pool);
  const channel = await context.run("opening", () => pool.open({}, host));
  for (const call of ["first", "second"]) await context.run(call, () => act(channel, ask("t")));
  const waiting = ["third", "fourth"].map(async (call) => {
    // A pool may give an instance up whose thread is busy; a session opens another.
    const other = new FakeSession(pool, host);
    await context.run(call, () => other.act(ask("t")));
  });
  await Promise.all(waiting);
  expect(seen.slice(0, 2)).toEqual(["first", "second"]);
  expect(seen.slice(2).sort()).toEqual(["fourth", "third"]);
});

describe("the signal of the backend", () => {
  /** A backend that never answers, and the signals it was given. */
  function endless() {
    const signals: AbortSignal[] = [];
    const host = fakeHost((_tool, _args, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    return { host, signals };
  }

  test("is aborted with the reason of an abort", async () => {
    const { host, signals } = endless();
    const channel = await fakePool().pool.open({}, host);
    const controller = new AbortController();
    const call = act(channel, { do: "askThenSpin", tool: "t" }, { signal: controller.signal });
    await until(() => signals.length === 1, "the backend was asked");
    expect(signals[0]?.aborted).toBe(false);
    controller.abort("enough");
    expect(signals[0]?.reason).toBe("enough");
    await expect(call).rejects.toBe("enough");
  });

  test("is aborted by the deadline", async () => {
    const { host, signals } = endless();
    const channel = await fakePool().pool.open({}, host);
    await expect(act(channel, { do: "askThenSpin", tool: "t" }, { timeoutMs: 30 })).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: true,
    });
    expect(signals[0]?.reason).toMatchObject({ code: "TIMEOUT" });
  });

  test.each(["channel", "pool"])("is aborted when the %s is closed", async (what) => {
    const { host, signals } = endless();
    const { pool } = fakePool();
    const channel = await pool.open({}, host);
    const refused = expect(act(channel, ask("t"))).rejects.toMatchObject({ code: "CLOSED", lost: true });
    await until(() => signals.length === 1, "the backend was asked");
    await (what === "channel" ? channel : pool).close();
    expect(signals[0]?.reason).toMatchObject({ code: "CLOSED" });
    await refused;
  });

  test("is aborted when the thread dies", async () => {
    const { host, signals } = endless();
    const { pool, workers } = fakePool();
    const call = act(await pool.open({}, host), ask("t"));
    const refused = expect(call).rejects.toMatchObject({ code: "TRAPPED", lost: true });
    await until(() => signals.length === 1, "the backend was asked");
    await workers[0]?.terminate();
    await refused;
    expect(signals[0]?.reason).toMatchObject({ code: "TRAPPED" });
  });

  test("is left alone by a call that ends well", async () => {
    const signals: AbortSignal[] = [];
    const host = fakeHost(async (_tool, _args, { signal }) => {
      signals.push(signal);
      await pause(1);
    });
    await act(await fakePool().pool.open({}, host), ask("t"));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
