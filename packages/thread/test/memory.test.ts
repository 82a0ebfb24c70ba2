import { expect, onTestFinished, test, vi } from "vitest";
import { act, type FakePool, fakeHost, fakePool } from "./support/fake-pool.js";

/** A pool of two threads, the first of which keeps the room for memories; the second one is next. */
async function poolWithoutMemory(): Promise<FakePool & { readonly full: SharedArrayBuffer }> {
  const full = new SharedArrayBuffer(8);
  const fake = fakePool({ maxThreads: 2 });
  const setup = { full, atOpening: { do: "busy", ms: 40 } };
  const [one] = await Promise.all([fake.pool.open(setup, fakeHost()), fake.pool.open(setup, fakeHost())]);
  expect(fake.workers.length).toBe(2);
  await act(one, { do: "fillMemory" });
  // The next instance is opened on the other thread.
  await fake.pool.open({}, fakeHost());
  return { ...fake, full };
}

const attempts = (full: SharedArrayBuffer) => new Int32Array(full)[1];

test("an instance that finds no memory gets what is garbage on another thread", async () => {
  const { pool, full } = await poolWithoutMemory();
  const channel = await pool.open({ full, atOpening: { do: "needMemory" } }, fakeHost());
  expect(await act(channel, { do: "calls" })).toBe(1);
  expect(attempts(full)).toBe(2);
});

test("and what is garbage on the caller's thread", async () => {
  const full = new SharedArrayBuffer(8);
  new Int32Array(full)[0] = 1;
  const memory = vi.spyOn(WebAssembly, "Memory").mockImplementation(
    class {
      constructor() {
        new Int32Array(full)[0] = 0;
      }
    } as never,
  );
  onTestFinished(() => memory.mockRestore());
  const { pool } = fakePool();
  await pool.open({ full, atOpening: { do: "needMemory" } }, fakeHost());
  expect(attempts(full)).toBe(2);
});

test("an instance is tried twice and no more", async () => {
  const full = new SharedArrayBuffer(8);
  new Int32Array(full)[0] = 1;
  const { pool } = fakePool();
  const opening = pool.open({ full, atOpening: { do: "needMemory" } }, fakeHost());
  await expect(opening).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
  expect(attempts(full)).toBe(2);
});

test("other failures are not tried again", async () => {
  const { pool, full } = await poolWithoutMemory();
  const opening = pool.open({ full, atOpening: { do: "needMemory", code: "TRAPPED" } }, fakeHost());
  await expect(opening).rejects.toMatchObject({ code: "TRAPPED" });
  expect(attempts(full)).toBe(1);
});

test("a thread that dies for want of memory takes no other with it", async () => {
  const { pool, workers } = fakePool({}, { resourceLimits: { maxOldGenerationSizeMb: 24 } });
  const opening = pool.open({ atOpening: { do: "hoard" } }, fakeHost());
  await expect(opening).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
  expect(workers.length).toBe(1);
});
