import "@guardhost/runtimes/watchdog";
import { Wasmer } from "@wasmer/sdk";
import { afterEach, expect, test, vi } from "vitest";
import { guardWith } from "./guards.js";

afterEach(() => vi.useRealTimers());

test("a client is closed also where timers were replaced before the package was loaded", async () => {
  const { close } = Wasmer.prototype;
  const closing = new Promise<Wasmer>((resolve) => {
    Wasmer.prototype.close = function closeAndTell() {
      resolve(this);
      return close.call(this);
    };
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "setImmediate"] });
  const { loadGuard, wasmer } = await import("../src/index.js");
  const guard = await loadGuard(guardWith(""), { engine: wasmer() });
  await guard.close();
  expect(await closing).toBeInstanceOf(Wasmer);
  Wasmer.prototype.close = close;
});
