import { defaultLimits, GuardError } from "@guardhost/core";
import { afterEach, expect, test, vi } from "vitest";
import { createEngine } from "../src/create-engine.js";
import { sealedWasiOf } from "../src/instance-wasi.js";

afterEach(() => vi.unstubAllGlobals());

const engineWith = (thread: "auto" | "caller" | "worker") =>
  createEngine({
    name: "any",
    options: { thread },
    createWasi: sealedWasiOf,
    createSetup: () => ({}),
    spawnWorker: () => {
      throw new Error("nothing is to be started here");
    },
  });
const nothing = new Uint8Array(0);
const codeOf = (error: unknown) => (GuardError.is(error) ? error.code : error);
const codeAndAdviceOf = (error: unknown) => [
  codeOf(error),
  (error as Error).message.includes("--allow-worker"),
];

test("where there is no memory to share, guards that want worker threads are not loaded", async () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const codes = await Promise.all(
    (["worker", "caller", "auto"] as const).map((thread) =>
      engineWith(thread).compile(nothing, defaultLimits).catch(codeOf),
    ),
  );
  // The others come to what was to be compiled.
  expect(codes).toEqual(["ENGINE_UNAVAILABLE", "INVALID_MODULE", "INVALID_MODULE"]);
});

test("where Node was not given the permission for worker threads, who wants them is told how to give it", async () => {
  Object.defineProperty(process, "permission", { configurable: true, value: { has: () => false } });
  try {
    const codes = (["auto", "worker"] as const).map((thread) =>
      engineWith(thread).compile(nothing, defaultLimits).catch(codeAndAdviceOf),
    );
    expect(await Promise.all(codes)).toEqual([
      ["INVALID_MODULE", false],
      ["ENGINE_UNAVAILABLE", true],
    ]);
  } finally {
    Reflect.deleteProperty(process, "permission");
  }
});

test("where guests are suspended and nothing is compiled, a module that was compiled elsewhere is not loaded", async () => {
  const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  vi.stubGlobal(
    "WebAssembly",
    Object.assign(Object.create(WebAssembly), {
      Suspending: vi.fn(),
      promising: vi.fn(),
      Module: Object.assign(
        function refuse() {
          throw new WebAssembly.CompileError("code generation is disallowed");
        },
        { prototype: WebAssembly.Module.prototype },
      ),
    }),
  );
  const compiling = engineWith("caller").compile(module, defaultLimits, { prepared: true });
  await expect(compiling).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
});
