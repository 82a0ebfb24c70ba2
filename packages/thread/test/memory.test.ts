import { expect, onTestFinished, test, vi } from "vitest";
import { act, type FakePool, fakeHost, fakePool } from "./support/fake-pool.js";

interface FullPool extends FakePool {
  readonly full: SharedArrayBuffer;
  /** Opens an instance that needs a memory. */
  open(options?: Parameters<FakePool["pool"]["open"]>[2]): ReturnType<FakePool["pool"]["open"]>;
  /** How many instances have looked for a memory. */
  attempts(): number;
  /** Makes the thread that keeps the memory do something else for so many milliseconds. */
  keepBusy(ms: number): Promise<unknown>;
}

/** A pool of two threads, the first of which keeps the last memory as garbage that takes so long to collect; the second one is next. */
async function fullPool({ collectMs = 0 } = {}): Promise<FullPool> {
  const full = new SharedArrayBuffer(8);
  const fake = fakePool({ maxThreads: 2 });
  const { pool, workers } = fake;
  const setup = { full, atOpening: { do: "busy", ms: 40 } };
  const [one] = await Promise.all([pool.open(setup, fakeHost()), pool.open(setup, fakeHost())]);
  expect(workers.length).toBe(2);
  await act(one, { do: "fillMemory", ms: collectMs });
  // Now there are fewer instances on the other one.
  await pool.open({}, fakeHost());
  return {
    ...fake,
    full,
    open: (options) => pool.open({ full, atOpening: { do: "needMemory" } }, fakeHost(), options),
    attempts: () => new Int32Array(full)[1] as number,
    keepBusy: (ms) => act(one, { do: "busy", ms }),
  };
}

/** A pool without a memory to be had, unless collecting on the caller's thread gives one. */
function poorPool({ isOurs }: { isOurs: boolean }) {
  const full = new SharedArrayBuffer(8);
  const words = new Int32Array(full);
  words[0] = 1;
  const { prototype } = ArrayBuffer;
  const transfer = Object.getOwnPropertyDescriptor(prototype, "transferToFixedLength");
  Object.defineProperty(prototype, "transferToFixedLength", { value: undefined, configurable: true });
  const collections = vi.spyOn(WebAssembly, "Memory").mockImplementation(
    class {
      constructor() {
        if (isOurs) words[0] = 0;
      }
    } as never,
  );
  onTestFinished(() => {
    collections.mockRestore();
    Reflect.deleteProperty(prototype, "transferToFixedLength");
    if (transfer !== undefined) Object.defineProperty(prototype, "transferToFixedLength", transfer);
  });
  const { pool } = fakePool();
  const open = () => pool.open({ full, atOpening: { do: "needMemory" } }, fakeHost());
  return { open, attempts: () => words[1], collections };
}

test("an instance that finds no memory gets what is garbage on another thread", async () => {
  const { open, attempts } = await fullPool();
  expect(await act(await open(), { do: "calls" })).toBe(1);
  expect(attempts()).toBe(2);
});

test("and on a thread that is in a call, when that is over soon", async () => {
  const { open, keepBusy, attempts } = await fullPool();
  const busy = keepBusy(30);
  expect(await act(await open(), { do: "calls" })).toBe(1);
  expect(attempts()).toBe(2);
  await busy;
});

test("and what is garbage on the caller's thread", async () => {
  const { open, attempts } = poorPool({ isOurs: true });
  await open();
  expect(attempts()).toBe(2);
});

test("instances that find none at the same time wait for the same collection", async () => {
  const { open } = await fullPool({ collectMs: 60 });
  const opened = await Promise.all([open(), open()]);
  for (const channel of opened) expect(await act(channel, { do: "calls" })).toBe(1);
});

test("an instance is tried twice and no more, and after that no garbage is collected for a second", async () => {
  const { open, attempts, collections } = poorPool({ isOurs: false });
  await expect(open()).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
  expect(attempts()).toBe(2);
  await expect(open()).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
  expect(attempts()).toBe(3);
  expect(collections).toHaveBeenCalledTimes(1);
});

test("a deadline and an abort end the wait for a collection, which costs no thread", async () => {
  const { open, pool, workers } = await fullPool({ collectMs: 1_500 });
  await expect(open({ timeoutMs: 50 })).rejects.toMatchObject({ code: "TIMEOUT", lost: false });
  const controller = new AbortController();
  const opening = open({ signal: controller.signal });
  setTimeout(() => controller.abort("no longer wanted"), 50);
  await expect(opening).rejects.toBe("no longer wanted");
  expect(await act(await open(), { do: "calls" })).toBe(1);
  expect([pool.threads, workers.length]).toEqual([2, 2]);
});

test("closing the pool ends it as well", async () => {
  const { open, pool } = await fullPool({ collectMs: 60 });
  const opening = open();
  setTimeout(() => void pool.close(), 20);
  await expect(opening).rejects.toMatchObject({ code: "CLOSED" });
});

test("other failures are not tried again", async () => {
  const { pool, full, attempts } = await fullPool();
  const opening = pool.open({ full, atOpening: { do: "needMemory", code: "TRAPPED" } }, fakeHost());
  await expect(opening).rejects.toMatchObject({ code: "TRAPPED" });
  expect(attempts()).toBe(1);
});

test("a thread that dies for want of memory takes no other with it", async () => {
  const { pool, workers } = fakePool({}, { resourceLimits: { maxOldGenerationSizeMb: 24 } });
  const opening = pool.open({ atOpening: { do: "hoard" } }, fakeHost());
  await expect(opening).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
  expect(workers.length).toBe(1);
});
