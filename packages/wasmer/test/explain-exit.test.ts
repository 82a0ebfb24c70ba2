import { afterEach, expect, test, vi } from "vitest";
import { explainExit } from "../src/sandbox/explain-exit.js";

afterEach(() => vi.restoreAllMocks());

/** What is known of a guard that can be instantiated. */
const known = (workerError?: string) => ({ workerError, trap: { find: async () => undefined } });

test.each([0, 1, 45])("where there is no memory, code %d is want of it", async (exitCode) => {
  vi.spyOn(WebAssembly, "Memory").mockImplementation(function refuse() {
    throw new RangeError("could not allocate memory");
  });
  expect(await explainExit(exitCode, known("the worker is gone"))).toMatchObject({
    code: "OUT_OF_MEMORY",
    lost: true,
    message: expect.stringMatching(/could not allocate memory.*ulimit -v.*maxLiveInstances/),
  });
});

test("a guard that could be instantiated once, and cannot any more, wants memory as well", async () => {
  expect(await explainExit(45, known())).toMatchObject({
    code: "OUT_OF_MEMORY",
    lost: true,
    message: expect.stringMatching(/^there is no memory for a process of the guard\. .*ulimit -v/),
  });
});

test.each([
  ["the worker is gone", "the worker is gone"],
  [undefined, "the console may say why"],
])("any other end is a worker's, which says %s", async (workerError, why) => {
  expect(await explainExit(1, known(workerError))).toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    lost: true,
    message: expect.stringContaining(`could not be started: ${why}. In a page, make sure that worker-src`),
  });
});
