import { describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { resolveLimits } from "../../src/limits.js";
import { loadGuard } from "../../src/session/load-guard.js";
import type { LoadGuardOptions } from "../../src/session/load-options.js";
import { integrityOf } from "../../src/source/integrity.js";
import type { GuardSource } from "../../src/source/read-module.js";
import { bytesOf } from "../support/bytes.js";
import { countingController } from "../support/counting-signal.js";
import { FakeEngine, gate } from "../support/fake-engine.js";
import { messageOf, thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const bytes = bytesOf("module");
const emptyModule = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

function load(source: unknown, engine: FakeEngine, options: Omit<LoadGuardOptions, "engine"> = {}) {
  return loadGuard(source as GuardSource, { engine, ...options });
}

describe("a loaded guard", () => {
  test("tells what it runs on, and within which limits", async () => {
    const engine = new FakeEngine();
    const guard = await load(bytes, engine, { limits: { maxBackendCalls: 7 } });
    expect(guard.engine).toBe("fake");
    expect(guard.capabilities).toEqual(engine.capabilities);
    expect(guard.limits).toEqual(resolveLimits({ maxBackendCalls: 7 }));
    // Nobody who has the guard can change what it goes by.
    for (const told of [guard.limits, guard.capabilities]) expect(Object.isFrozen(told)).toBe(true);
  });

  test("was compiled once, from a private copy of the bytes, under its limits", async () => {
    const source = bytes.slice();
    const seen: unknown[] = [];
    const engine = new FakeEngine({ compile: (compiled) => void seen.push(compiled) });
    const compile = vi.spyOn(engine, "compile");
    const guard = await load(source, engine, { limits: { maxLogBytes: 1 } });
    source.fill(0);
    guard.session();
    guard.session();
    expect(seen).toEqual([bytes]);
    expect(compile.mock.calls).toEqual([[bytes, guard.limits, { prepared: false }]]);
  });

  test("is vouched for where its caller does so, and the engine decides what that is worth", async () => {
    const engine = new FakeEngine();
    const compile = vi.spyOn(engine, "compile");
    const guard = await load(emptyModule, engine, { prepared: true });
    expect(compile.mock.calls).toEqual([[emptyModule, guard.limits, { prepared: true }]]);
  });

  test("may come from a promise of its bytes", async () => {
    await load(Promise.resolve(bytes), new FakeEngine());
    await load(Promise.resolve(new Response("module")), new FakeEngine());
  });

  test("may be a compiled module, if the engine takes it", async () => {
    const seen: unknown[] = [];
    await load(emptyModule, new FakeEngine({ compile: (compiled) => void seen.push(compiled) }));
    expect(seen).toEqual([emptyModule]);
  });

  test("takes undefined for settings that are not given", async () => {
    const guard = await load(bytes, new FakeEngine(), {
      limits: undefined,
      timeoutMs: undefined,
      loadTimeoutMs: undefined,
      maxWaitingCalls: undefined,
      logger: undefined,
      policyRequired: undefined,
      prepared: undefined,
      recovery: undefined,
      breaker: undefined,
      maxLiveInstances: undefined,
      idleMs: undefined,
      closeTimeoutMs: undefined,
      onEvent: undefined,
    });
    expect(guard.limits).toEqual(resolveLimits());
    await expect(guard.session().labelResource({ name: "n" })).rejects.toMatchObject({ code: "NO_POLICY" });
  });
});

describe("settings", () => {
  test.each<[options: Omit<LoadGuardOptions, "engine">, message: string]>([
    [{ timeoutMs: 0 }, "timeoutMs must be a number, more than 0, not 0"],
    [{ timeoutMs: -1 }, "timeoutMs must be a number, more than 0, not -1"],
    [{ timeoutMs: Number.NaN }, "timeoutMs must be a number, more than 0, not NaN"],
    [{ loadTimeoutMs: 0 }, "loadTimeoutMs must be a number, more than 0, not 0"],
    [{ maxWaitingCalls: -1 }, "maxWaitingCalls must be a number, 0 or more, not -1"],
    [{ maxWaitingCalls: Number.NaN }, "maxWaitingCalls must be a number, 0 or more, not NaN"],
    [{ closeTimeoutMs: 0 }, "closeTimeoutMs must be a number, more than 0, not 0"],
    [{ idleMs: -1 }, "idleMs must be a number, more than 0, not -1"],
    [{ maxLiveInstances: 0 }, "maxLiveInstances must be a number, 1 or more, not 0"],
    [{ maxLiveInstances: Number.NaN }, "maxLiveInstances must be a number, 1 or more, not NaN"],
    [{ breaker: { maxLosses: 0 } }, "breaker.maxLosses must be a whole number from 1 to 1000, not 0"],
    [{ breaker: { maxLosses: 1.5 } }, "breaker.maxLosses must be a whole number from 1 to 1000, not 1.5"],
    [{ breaker: { maxLosses: 1_001 } }, "breaker.maxLosses must be a whole number from 1 to 1000, not 1001"],
    [{ breaker: { windowMs: 0 } }, "breaker.windowMs must be a number, more than 0, not 0"],
    [{ breaker: { pauseMs: -1 } }, "breaker.pauseMs must be a number, more than 0, not -1"],
    [{ limits: { maxAttempts: 0 } }, "limits.maxAttempts must be at least 1"],
  ])("out of range are a RangeError that names them: %o", async (options, message) => {
    const engine = new FakeEngine();
    await expect(load(bytes, engine, options)).rejects.toThrow(RangeError);
    expect(await messageOf(() => load(bytes, engine, options))).toBe(message);
    expect(engine.events).toEqual([]);
  });

  test("out of range leave no rejection of the source behind", async () => {
    await expect(
      load(Promise.reject(new Error("no network")), new FakeEngine(), { timeoutMs: 0 }),
    ).rejects.toThrow(RangeError);
  });

  test.each<[options: object, message: string]>([
    [{ integrty: "sha256-" }, 'loadGuard has no option "integrty"'],
    [{ toString: undefined }, 'loadGuard has no option "toString"'],
    [{ engine: undefined }, "loadGuard needs an engine, as native() makes it, not type undefined"],
    [{ engine: null }, "loadGuard needs an engine, as native() makes it, not type object"],
    [{ engine: {} }, "loadGuard needs an engine, as native() makes it, not type object"],
    [
      { engine: () => new FakeEngine() },
      "loadGuard needs an engine, as native() makes it, not type function",
    ],
    [{ timeoutMs: "50" }, 'timeoutMs must be a number, more than 0, not "50"'],
    [{ maxLiveInstances: "2" }, 'maxLiveInstances must be a number, 1 or more, not "2"'],
    [{ signal: new AbortController() }, "signal must be an AbortSignal"],
    [{ signal: null }, "signal must be an AbortSignal"],
    [{ recovery: "sometimes" }, 'recovery must be "automatic" or "never", not "sometimes"'],
    [{ breaker: true }, "breaker must be an object or false"],
    [{ breaker: null }, "breaker must be an object or false"],
    [{ breaker: { failures: 1 } }, 'breaker has no option "failures"'],
    [{ breaker: { maxLosses: "5" } }, 'breaker.maxLosses must be a whole number from 1 to 1000, not "5"'],
    [{ onEvent: "log" }, "onEvent must be a function"],
    [{ prepared: "yes" }, "prepared must be true or false"],
    [{ integrity: undefined }, "integrity is undefined: leave it out, or give the hash"],
    [{ limits: null }, "limits must be an object"],
    [{ policySchema: {} }, "policySchema must be a Standard Schema"],
    [{ policySchema: null }, "policySchema must be a Standard Schema"],
    [{ logger: {} }, "logger must have a function debug"],
    [{ logger: { debug() {}, info() {}, warn() {} } }, "logger must have a function error"],
  ])("that make no sense are a TypeError: %o", async (options, message) => {
    const engine = new FakeEngine();
    await expect(load(bytes, engine, options)).rejects.toThrow(TypeError);
    expect(await messageOf(() => load(bytes, engine, options))).toBe(message);
    expect(engine.events).toEqual([]);
  });

  test.each([undefined, null, "native"])("are no object: %o", async (options) => {
    await expect(loadGuard(bytes, options as never)).rejects.toThrow("loadGuard needs an object of options");
  });

  test("that somebody has given all objects are none", async () => {
    const guard = await load(bytes, new FakeEngine());
    expect(guard.session(Object.create({ backnd: () => null })).id).toBe(1);
  });

  test("of a session are known, or a TypeError", async () => {
    const guard = await load(bytes, new FakeEngine());
    const made = () => guard.session({ backnd: () => null } as never);
    expect(made).toThrow(TypeError);
    expect(made).toThrow('session has no option "backnd"');
    expect(guard.stats().sessions).toBe(0);
  });

  test.each([5, "backend", {}, null])("a backend that is no function is a TypeError: %o", async (backend) => {
    const guard = await load(bytes, new FakeEngine());
    const made = () => guard.session({ backend: backend as never });
    expect(made).toThrow(TypeError);
    expect(made).toThrow("the backend must be a function");
    // It was never made, so there is nothing to close.
    await guard.close();
  });

  test.each([5, {}, null])("a principal that is no string is a TypeError: %o", async (principal) => {
    const guard = await load(bytes, new FakeEngine());
    expect(() => guard.session({ principal: principal as never })).toThrow("the principal must be a string");
    expect(guard.session().id).toBe(1);
  });

  test("of the engine that make no sense are a RangeError as well", async () => {
    await expect(load(bytes, new FakeEngine({ maxLiveInstances: 0 }))).rejects.toThrow(RangeError);
  });

  test("may be without bounds", async () => {
    await load(bytes, new FakeEngine(), {
      timeoutMs: Number.POSITIVE_INFINITY,
      loadTimeoutMs: Number.POSITIVE_INFINITY,
      maxWaitingCalls: Number.POSITIVE_INFINITY,
      maxLiveInstances: Number.POSITIVE_INFINITY,
      closeTimeoutMs: Number.POSITIVE_INFINITY,
      idleMs: Number.POSITIVE_INFINITY,
      breaker: { windowMs: Number.POSITIVE_INFINITY, pauseMs: Number.POSITIVE_INFINITY },
    });
  });
});

describe("integrity", () => {
  test("is checked before the engine sees anything", async () => {
    const engine = new FakeEngine();
    await expect(
      load(bytes, engine, { integrity: await integrityOf(bytesOf("other")) }),
    ).rejects.toMatchObject({ code: "INTEGRITY" });
    await expect(load(bytes, engine, { integrity: "" })).rejects.toMatchObject({ code: "INTEGRITY" });
    expect(engine.events).toEqual([]);
    await load(bytes, engine, { integrity: await integrityOf(bytes) });
    expect(engine.events).toEqual(["compile"]);
  });

  test("is checked over the bytes that are compiled, not over those that the caller can still change", async () => {
    const source = bytes.slice();
    const seen: unknown[] = [];
    const engine = new FakeEngine({ compile: (compiled) => void seen.push(compiled) });
    const loading = load(source, engine, { integrity: await integrityOf(bytes) });
    await null;
    source.fill(0);
    await loading;
    expect(seen).toEqual([bytes]);
  });

  test("of a compiled module cannot be checked", async () => {
    const engine = new FakeEngine();
    await expect(load(emptyModule, engine, { integrity: await integrityOf(bytes) })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
    expect(engine.events).toEqual([]);
  });
});

describe("loading fails", () => {
  test("where there is no WebAssembly", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    try {
      expect(await thrownBy(() => load(bytes, new FakeEngine()))).toMatchObject({
        code: "ENGINE_UNAVAILABLE",
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("with the engine's own error", async () => {
    const invalid = new GuardError("INVALID_MODULE", "no good");
    const engine = new FakeEngine({
      compile: () => {
        throw invalid;
      },
    });
    expect(await thrownBy(() => load(bytes, engine))).toBe(invalid);
  });

  test("for a source far beyond the limit of modules, which the engine does not see", async () => {
    const engine = new FakeEngine();
    const limits = { maxModuleBytes: 5 };
    await expect(load(new Uint8Array(65_552), engine, { limits })).rejects.toMatchObject({
      code: "INVALID_MODULE",
    });
    expect(engine.events).toEqual([]);
    // What is less can be prepared, and hold a module within the limit.
    await load(new Uint8Array(65_551), engine, { limits });
    expect(engine.events).not.toEqual([]);
  });

  test("with the error of the source", async () => {
    const failure = new Error("no network");
    expect(await thrownBy(() => load(Promise.reject(failure), new FakeEngine()))).toBe(failure);
    await expect(load("guard.wasm", new FakeEngine())).rejects.toThrow(TypeError);
  });

  const timeout = { code: "TIMEOUT", lost: false, message: "the guard could not be loaded in time" };

  test("when the source takes too long; the engine is left alone when it comes after all", async () => {
    const { opened, open } = gate<Uint8Array>();
    const engine = new FakeEngine();
    await expect(load(opened, engine, { loadTimeoutMs: 5 })).rejects.toMatchObject(timeout);
    open(bytes);
    await nextTurn();
    expect(engine.events).toEqual([]);
  });

  test("when compiling takes too long; what is compiled after all is closed", async () => {
    const { opened, open } = gate();
    const engine = new FakeEngine({ compile: () => opened });
    await expect(load(bytes, engine, { loadTimeoutMs: 5 })).rejects.toMatchObject(timeout);
    expect(engine.events).toEqual(["compile"]);
    open();
    await nextTurn();
    expect(engine.events).toEqual(["compile", "close guard"]);
  });

  test("when compiling takes too long, and nobody cares how it fails then", async () => {
    const { opened, open } = gate();
    const engine = new FakeEngine({ compile: () => opened.then(() => Promise.reject(new Error("late"))) });
    await expect(load(bytes, engine, { loadTimeoutMs: 5 })).rejects.toMatchObject(timeout);
    open();
  });

  test("when it is aborted, with the reason itself, and no listener is left", async () => {
    const { signal, abort, listeners } = countingController();
    const loading = load(new Promise(() => undefined), new FakeEngine(), { signal });
    await null;
    expect(listeners()).toBe(1);
    const reason = new Error("stop");
    abort(reason);
    expect(await thrownBy(() => loading)).toBe(reason);
    expect(listeners()).toBe(0);
  });

  test("when it is aborted while a response comes in, which is cancelled", async () => {
    let cancelled: unknown;
    const body = new ReadableStream({
      pull: () => new Promise<void>(() => undefined),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const controller = new AbortController();
    const loading = load(new Response(body), new FakeEngine(), { signal: controller.signal });
    await nextTurn();
    controller.abort("stop");
    expect(await thrownBy(() => loading)).toBe("stop");
    expect(cancelled).toBe("stop");
  });

  test("when it was aborted before, and leaves no rejection of the source behind", async () => {
    const engine = new FakeEngine();
    const signal = AbortSignal.abort("before");
    expect(await thrownBy(() => load(bytes, engine, { signal }))).toBe("before");
    // As fetch does, given the same signal.
    expect(await thrownBy(() => load(Promise.reject("before"), engine, { signal }))).toBe("before");
    expect(engine.events).toEqual([]);
  });

  test("leaves no listener when all goes well", async () => {
    const { signal, listeners, added } = countingController();
    await load(bytes, new FakeEngine(), { signal });
    expect(added()).toBeGreaterThan(0);
    expect(listeners()).toBe(0);
  });
});
