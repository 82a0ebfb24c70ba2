import type { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import { act, fakeHost, fakePool } from "./support/fake-pool.js";
import { pause, until } from "./support/turns.js";

const large = new Uint8Array(4_194_304).fill(1);

test("a thread without instances is closed when it has been idle, and not before", async () => {
  const { pool, workers } = fakePool({ idleMs: 50 });
  const channel = await pool.open({}, fakeHost());
  await pause(120);
  expect(pool.threads).toBe(1);
  expect(await act(channel, { do: "calls" })).toBe(1);
  await channel.close();
  await until(() => pool.threads === 0, "the idle thread was closed");
  expect(await act(await pool.open({}, fakeHost()), { do: "echo", value: 1 })).toBe(1);
  expect(workers.length).toBe(2);
});

test("a thread that was warmed for nothing is closed as well", async () => {
  const { pool, workers } = fakePool({ idleMs: 50 });
  pool.warm();
  expect(workers.length).toBe(1);
  await until(() => pool.threads === 0, "the idle thread was closed");
  await pool.close();
  pool.warm();
  expect(workers.length).toBe(1);
});

test("calls keep a thread from being idle", async () => {
  // Longer than a busy machine keeps a test waiting; and one thread, where a second would be started while the first one tidies up.
  const { pool, workers } = fakePool({ idleMs: 1_000, maxThreads: 1 });
  for (let opened = 0; opened < 12; opened++) {
    await (await pool.open({}, fakeHost())).close();
    await pause(100);
  }
  expect(workers.length).toBe(1);
});

/** Requests with large or fresh buffers that a worker was sent. */
function renewals(worker: Worker): () => number {
  const sent = vi.spyOn(worker, "postMessage");
  return () =>
    sent.mock.calls.filter(([message]) => message.content?.input instanceof SharedArrayBuffer).length;
}

test("large buffers are given back when their thread has been idle, and grow again", async () => {
  const { pool, workers } = fakePool({ maxThreads: 1 });
  const channel = await pool.open({}, fakeHost());
  const renewed = renewals(workers[0] as Worker);
  for (let round = 1; round <= 2; round++) {
    expect((await channel.call("label_agent", large)).length).toBe(large.length);
    await until(() => renewed() === round, "the buffers were replaced");
    expect(await act(channel, { do: "echo", value: round })).toBe(round);
    expect(await act(channel, { do: "ask", questions: [["t", "1"]] })).toEqual(['{"tool":"t","args":1}']);
  }
});

test("small buffers are kept", async () => {
  const { pool, workers } = fakePool({ maxThreads: 1 });
  const channel = await pool.open({}, fakeHost());
  const renewed = renewals(workers[0] as Worker);
  await channel.call("label_agent", large.subarray(0, 65_536));
  await pause(1_200);
  expect(renewed()).toBe(0);
});
