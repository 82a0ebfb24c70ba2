import "@guardhost/runtimes/watchdog";
import { afterEach, describe, expect, test, vi } from "vitest";
import { defaultLimits, GuardError, loadGuard, type WasmerOptions, wasmer } from "../src/index.js";
import { guardWith } from "./guards.js";

const POLICY = { "allow-only": { repos: "all", "min-integrity": "none" } };

afterEach(() => vi.unstubAllGlobals());

/** What loading a guard rejects with. */
async function failure(engine = wasmer()): Promise<GuardError> {
  const loading = loadGuard(guardWith(""), { engine });
  const error = await loading.then(
    () => undefined,
    (reason) => reason,
  );
  if (!GuardError.is(error)) throw new Error(`not a GuardError: ${error}`);
  return error;
}

describe("where there is no shared memory", () => {
  test.each([
    ["a page that is not isolated", "crossOriginIsolated", false],
    ["a runtime without SharedArrayBuffer", "SharedArrayBuffer", undefined],
  ])("%s is told which headers to send", async (_, name, value) => {
    vi.stubGlobal(name, value);
    const { code, message } = await failure();
    expect(code).toBe("ENGINE_UNAVAILABLE");
    expect(message).toContain("Cross-Origin-Opener-Policy: same-origin");
    expect(message).toContain("Cross-Origin-Embedder-Policy: require-corp");
  });

  test("the engine works once there is", async () => {
    const engine = wasmer();
    vi.stubGlobal("crossOriginIsolated", false);
    expect((await failure(engine)).code).toBe("ENGINE_UNAVAILABLE");
    vi.unstubAllGlobals();
    const guard = await loadGuard(guardWith(""), { engine });
    expect((await guard.session().labelAgent(POLICY)).mode).toBe("filter");
    await guard.close();
  });
});

test("a process that may not start threads is told how it may", async () => {
  const has = (scope: string) => scope !== "worker";
  Object.defineProperty(process, "permission", { configurable: true, value: { has } });
  try {
    const { code, message } = await failure();
    expect([code, message]).toEqual(["ENGINE_UNAVAILABLE", expect.stringContaining("--allow-worker")]);
  } finally {
    Reflect.deleteProperty(process, "permission");
  }
});

test("a runtime that compiles nothing is what is unavailable, whatever it is given", async () => {
  const bytes = guardWith("");
  const module = new WebAssembly.Module(bytes);
  const compiler = vi.spyOn(WebAssembly, "Module").mockImplementation(function refuse() {
    throw new WebAssembly.CompileError("code generation is disallowed");
  });
  for (const source of [bytes, module]) {
    const compiling = wasmer().compile(source, defaultLimits, { prepared: true });
    await expect(compiling).rejects.toSatisfy(
      (error) =>
        GuardError.is(error, "ENGINE_UNAVAILABLE") &&
        error.message.includes("compiles WebAssembly while it runs (code generation is disallowed)"),
    );
  }
  compiler.mockRestore();
});

test("a runtime that makes no functions of strings is told that the SDK does, and what allows it", async () => {
  vi.stubGlobal("Function", function refuse() {
    throw new EvalError("code generation from strings is disallowed");
  });
  const { code, message } = await failure();
  expect(code).toBe("ENGINE_UNAVAILABLE");
  expect(message).toMatch(
    /functions of strings while it runs \(code generation .* disallowed\): allow it by 'unsafe-eval'/,
  );
});

test("a thread that may not wait, like that of a page, is told where guards can be loaded", async () => {
  const waiting = vi.spyOn(Atomics, "wait").mockImplementation(() => {
    throw new TypeError("Atomics.wait cannot be called in this context");
  });
  const { code, message } = await failure();
  expect(code).toBe("ENGINE_UNAVAILABLE");
  expect(message).toContain("load the guard in a worker of the page");
  waiting.mockRestore();
});

test("a compiled module is refused, whoever vouches for it", async () => {
  const module = new WebAssembly.Module(guardWith(""));
  for (const prepared of [false, true]) {
    const compiling = wasmer().compile(module, defaultLimits, { prepared });
    await expect(compiling).rejects.toSatisfy((error) => GuardError.is(error, "NOT_PREPARED"));
  }
});

test.each([
  [{ thread: "worker" }, 'wasmer has no option "thread"'],
  [{ sdkmodule: "sdk.wasm" }, 'wasmer has no option "sdkmodule"'],
  [null, "wasmer needs an object of options"],
])("the options %j are refused at once", (options, problem) => {
  const make = () => wasmer(options as WasmerOptions);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(problem);
});

test("what the engine can do", () => {
  expect(wasmer()).toMatchObject({
    name: "wasmer",
    capabilities: { interruptible: true, asyncBackend: true, timeSliced: true, linearMemory: false },
    maxLiveInstances: 8,
  });
});
