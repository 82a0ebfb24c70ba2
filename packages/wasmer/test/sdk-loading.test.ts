import "@guardhost/runtimes/watchdog";
import { expect, test, vi } from "vitest";
import { loadGuard, wasmer } from "../src/index.js";
import { guardWith } from "./guards.js";

const POLICY = { "allow-only": { repos: "all", "min-integrity": "none" } };

const { failures } = vi.hoisted(() => ({ failures: [] as Error[] }));

vi.mock("#import-sdk", async (original) => {
  const { importSdk } = await original<{ importSdk(): Promise<unknown> }>();
  return {
    async importSdk() {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
      return importSdk();
    },
  };
});

test("an SDK that could not be loaded is loaded by whoever comes next", async () => {
  const engine = wasmer();
  failures.push(new Error("the network is down"));
  const open = async () => {
    const guard = await loadGuard(guardWith(""), { engine });
    try {
      return (await guard.session().labelAgent(POLICY)).mode;
    } finally {
      await guard.close();
    }
  };
  await expect(open()).rejects.toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    message: expect.stringContaining("cannot be started: the network is down"),
  });
  expect(await open()).toBe("filter");
});

test("an SDK that there is no memory for says so", async () => {
  failures.push(new RangeError("WebAssembly.Memory(): could not allocate memory"));
  await expect(loadGuard(guardWith(""), { engine: wasmer() })).rejects.toMatchObject({
    code: "OUT_OF_MEMORY",
    message: expect.stringContaining("cannot be started: WebAssembly.Memory(): could not allocate memory"),
  });
});
