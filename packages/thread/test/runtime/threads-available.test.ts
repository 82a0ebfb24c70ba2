import { afterEach, expect, test, vi } from "vitest";
import { threadsAvailable } from "../../src/index.js";
import * as web from "../../src/runtime/platform.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("Node has threads", () => {
  expect(threadsAvailable()).toBe(true);
});

test.each([
  { where: "in a page that is not isolated", name: "SharedArrayBuffer", value: undefined },
  { where: "where shared memory cannot grow", name: "SharedArrayBuffer", value: class {} },
  { where: "without atomics", name: "Atomics", value: undefined },
])("there are none $where", ({ name, value }) => {
  vi.stubGlobal(name, value);
  expect(threadsAvailable()).toBe(false);
});

test.each([true, false])(
  "where Node asks for permissions, there are some if workers are allowed: %s",
  (allowed) => {
    const has = (scope: string) => scope !== "worker" || allowed;
    Object.defineProperty(process, "permission", { configurable: true, value: { has } });
    try {
      expect(threadsAvailable()).toBe(allowed);
    } finally {
      Reflect.deleteProperty(process, "permission");
    }
  },
);

test("the web tells by its globals", () => {
  vi.stubGlobal("Worker", undefined);
  vi.stubGlobal("navigator", undefined);
  expect([web.hasWorkers(), web.availableCores()]).toEqual([false, 1]);
  vi.stubGlobal("Worker", class {});
  vi.stubGlobal("navigator", { hardwareConcurrency: 8 });
  expect([web.hasWorkers(), web.availableCores()]).toEqual([true, 8]);
});
