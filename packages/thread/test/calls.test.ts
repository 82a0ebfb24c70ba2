import type { GuardChannel, GuardOperation } from "@guardhost/core";
import { GuardError } from "@guardhost/core";
import { describe, expect, test } from "vitest";
import type { ThreadPool } from "../src/index.js";
import { act, fakeHost, fakePool } from "./support/fake-pool.js";
import { until } from "./support/turns.js";

const OPERATIONS: readonly GuardOperation[] = ["label_agent", "label_resource", "label_response"];

async function openOne(): Promise<GuardChannel> {
  return fakePool().pool.open({}, fakeHost());
}

test.each(OPERATIONS)("%s reaches the instance and brings its answer back", async (operation) => {
  const channel = await openOne();
  const input = new TextEncoder().encode(JSON.stringify({ do: "echo", value: operation }));
  const answer = await channel.call(operation, input);
  const expected = operation === "label_agent" ? JSON.parse(new TextDecoder().decode(input)) : operation;
  expect(JSON.parse(new TextDecoder().decode(answer))).toEqual(expected);
});

test.each([0, 1, 200, 4_096, 4_097, 65_536, 8_388_608])("an input of %i bytes arrives", async (bytes) => {
  const channel = await openOne();
  const around = new Uint8Array(bytes + 2).map((_, index) => index % 251);
  const input = around.subarray(1, bytes + 1);
  const answer = await channel.call("label_agent", input);
  expect(answer.length).toBe(bytes);
  expect(Buffer.compare(answer, input)).toBe(0);
  expect(answer.buffer).toBeInstanceOf(ArrayBuffer);
  expect(input.length).toBe(bytes);
});

test.each(
  ["answer", "place"].flatMap((deed) => [0, 1, 65_536, 16_777_216].map((bytes) => ({ deed, bytes }))),
)("an answer of $bytes bytes arrives: $deed", async ({ deed, bytes }) => {
  const channel = await openOne();
  const input = new TextEncoder().encode(JSON.stringify({ do: deed, bytes }));
  const answer = await channel.call("label_response", input);
  expect(Buffer.compare(answer, new Uint8Array(bytes).fill(7))).toBe(0);
  expect(answer.buffer).toBeInstanceOf(ArrayBuffer);
  // What was large does not show in what comes next.
  expect(await act(channel, { do: "echo", value: "small" })).toBe("small");
});

test("an answer is the caller's own: later ones leave it alone", async () => {
  const channel = await openOne();
  const first = await channel.call("label_agent", new Uint8Array([1, 2, 3]));
  await channel.call("label_agent", new Uint8Array([4, 5, 6]));
  expect([...first]).toEqual([1, 2, 3]);
});

test("instances on one thread are apart, and each keeps its state", async () => {
  const { pool } = fakePool({ maxThreads: 1 });
  const [one, other] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
  await act(one, { do: "calls" });
  expect(await act(one, { do: "calls" })).toBe(2);
  expect(await act(other, { do: "calls" })).toBe(1);
});

test("what an instance is opened with is cloned to its thread", async () => {
  const { pool } = fakePool();
  await expect(pool.open(undefined, fakeHost())).resolves.toBeDefined();
  const failing = { atOpening: { do: "fail", code: "INVALID_MODULE", message: "no", lost: false } };
  await expect(pool.open(failing, fakeHost())).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: "no",
  });
});

describe("errors survive the way", () => {
  test.each([
    { code: "GUEST_ERROR", message: "failed with code -3", lost: false },
    { code: "TRAPPED", message: "trapped", lost: true, cause: "unreachable" },
    { code: "OUTPUT_TOO_LARGE", message: "übergroß \ud800", lost: false },
  ])("$code, lost: $lost", async ({ cause, ...error }) => {
    const channel = await openOne();
    const thrown = await act(channel, { do: "fail", ...error, cause }).catch((reason: unknown) => reason);
    expect(GuardError.is(thrown, error.code as "TRAPPED")).toBe(true);
    expect(thrown).toMatchObject(error);
    if (cause === undefined) expect((thrown as Error).cause).toBeUndefined();
    else expect((thrown as Error).cause).toMatchObject({ name: "RangeError", message: cause });
    const next = act(channel, { do: "echo", value: 1 });
    if (error.lost) await expect(next).rejects.toMatchObject({ code: "CLOSED", lost: true, cause: thrown });
    else expect(await next).toBe(1);
  });

  test("what an engine throws by mistake costs the instance, and says what it was", async () => {
    const channel = await openOne();
    await expect(act(channel, { do: "throw", message: "a bug" })).rejects.toMatchObject({
      code: "TRAPPED",
      lost: true,
      message: expect.stringContaining("RangeError: a bug"),
      cause: { name: "RangeError", message: "a bug" },
    });
  });
});

test("calls of one channel do not overlap", async () => {
  const channel = await openOne();
  const running = act(channel, { do: "sleep", ms: 20 });
  await expect(act(channel, { do: "echo", value: 1 })).rejects.toMatchObject({
    code: "REENTRANT",
    lost: false,
  });
  expect(await running).toBe("slept");
});

describe("payloads beyond maxPayloadBytes", () => {
  const maxPayloadBytes = 65_536;
  const large = new Uint8Array(maxPayloadBytes + 1);

  test("an input is refused, and the instance is intact", async () => {
    const channel = await fakePool({ maxPayloadBytes }).pool.open({}, fakeHost());
    await expect(channel.call("label_agent", large)).rejects.toMatchObject({
      code: "INPUT_TOO_LARGE",
      lost: false,
    });
    expect(await act(channel, { do: "echo", value: 1 })).toBe(1);
  });

  test.each(["answer", "place"])("an answer is refused, and the instance is intact: %s", async (deed) => {
    const channel = await fakePool({ maxPayloadBytes }).pool.open({}, fakeHost());
    const refused = act(channel, { do: deed, bytes: large.length });
    await expect(refused).rejects.toMatchObject({ code: "OUTPUT_TOO_LARGE", lost: false });
    expect(await act(channel, { do: "echo", value: 1 })).toBe(1);
  });

  test.each([
    { messages: 60, arrive: 60 },
    { messages: 70, arrive: 0 },
  ])("of $messages messages of 1,000 bytes, $arrive arrive with the answer", async ({ messages, arrive }) => {
    const host = fakeHost();
    const channel = await fakePool({ maxPayloadBytes }).pool.open({}, host);
    expect(await act(channel, { do: "flood", messages, bytes: 1_000 })).toBe("flooded");
    expect(host.logs.length).toBe(arrive);
  });
});

describe("closing a channel", () => {
  test("ends its instance on the thread", async () => {
    const { pool } = fakePool();
    const whenClosed = new SharedArrayBuffer(4);
    const channel = await pool.open({ whenClosed }, fakeHost());
    await channel.close();
    await channel.close();
    await until(() => Atomics.load(new Int32Array(whenClosed), 0) === 1, "the instance was closed");
  });

  test("closes many at once", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const whenClosed = new SharedArrayBuffer(4);
    const host = fakeHost();
    for (let opened = 0; opened < 100; opened++) await (await pool.open({ whenClosed }, host)).close();
    await until(() => Atomics.load(new Int32Array(whenClosed), 0) === 100, "all instances were closed");
    // What an instance says when it is closed is for nobody, least of all for the next one's host.
    expect(host.logs).toEqual([]);
  });

  test("rejects the running call and the next one", async () => {
    const channel = await openOne();
    const running = act(channel, { do: "spin" });
    await channel.close();
    await expect(running).rejects.toMatchObject({ code: "CLOSED", lost: true });
    await expect(act(channel, { do: "echo", value: 1 })).rejects.toMatchObject({
      code: "CLOSED",
      lost: true,
    });
  });

  test("rejects a call that waits for its thread", async () => {
    const { pool } = fakePool({ maxThreads: 1 });
    const [busy, waiting] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
    const running = act(busy, { do: "busy", ms: 50 });
    const refused = act(waiting, { do: "echo", value: 1 });
    await waiting.close();
    await expect(refused).rejects.toMatchObject({ code: "CLOSED", lost: true });
    expect(await running).toBe("was busy");
  });
});

describe("closing the pool", () => {
  test("rejects what runs, waits and comes, and ends all threads", async () => {
    const { pool, workers } = fakePool({ maxThreads: 1 });
    const [one, other] = [await pool.open({}, fakeHost()), await pool.open({}, fakeHost())];
    const exits = workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
    const refused = Promise.all(
      [act(one, { do: "stick" }), act(other, { do: "echo", value: 1 }), pool.open({}, fakeHost())].map(
        (call) => expect(call).rejects.toMatchObject({ code: "CLOSED" }),
      ),
    );
    await Promise.all([pool.close(), pool.close()]);
    await refused;
    await Promise.all(exits);
    expect(pool.threads).toBe(0);
    await expect(pool.open({}, fakeHost())).rejects.toMatchObject({ code: "CLOSED", lost: false });
    await expect(act(one, { do: "echo", value: 1 })).rejects.toMatchObject({ code: "CLOSED", lost: true });
  });

  test("comes with await using", async () => {
    let closed: ThreadPool;
    {
      await using pool = fakePool().pool;
      await pool.open({}, fakeHost());
      closed = pool;
    }
    await expect(closed.open({}, fakeHost())).rejects.toMatchObject({ code: "CLOSED" });
  });
});
