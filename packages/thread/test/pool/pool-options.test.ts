import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { ThreadPool, type ThreadPoolOptions } from "../../src/index.js";
import { resolvePoolOptions } from "../../src/pool/pool-options.js";

const spawn = () => {
  throw new Error("not needed");
};

test("what is left out has a default", () => {
  expect(resolvePoolOptions({ spawn, graceMs: undefined })).toEqual({
    spawn,
    maxThreads: Math.max(2, availableParallelism()),
    maxWaitingCalls: 1_000,
    graceMs: 100,
    idleMs: 60_000,
    startTimeoutMs: 30_000,
    maxPayloadBytes: 67_108_864,
  });
});

test.each<Partial<ThreadPoolOptions>>([
  { maxThreads: 1, maxWaitingCalls: 0, graceMs: 0, idleMs: 0.5 },
  { maxWaitingCalls: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY },
])("%o makes sense", async (options) => {
  await using pool = new ThreadPool({ spawn, ...options });
  expect(pool.threads).toBe(0);
});

test.each<[name: string, value: number]>([
  ["maxThreads", 0],
  ["maxThreads", 1.5],
  ["maxWaitingCalls", -1],
  ["graceMs", Number.NaN],
  ["graceMs", -1],
  ["idleMs", 0],
  ["startTimeoutMs", 0],
  ["maxPayloadBytes", 65_535],
])("%s: %s does not", (name, value) => {
  const make = () => new ThreadPool({ spawn, [name]: value });
  expect(make).toThrow(RangeError);
  expect(make).toThrow(new RegExp(`^${name} must be .*${String(value)}`));
});

test("text is no number", () => {
  const make = () => new ThreadPool({ spawn, maxThreads: "2" as never });
  expect(make).toThrow(new TypeError('maxThreads must be a whole number, 1 or more, not "2"'));
});

test("spawn has to be a function", () => {
  expect(() => new ThreadPool({} as ThreadPoolOptions)).toThrow(TypeError);
});
