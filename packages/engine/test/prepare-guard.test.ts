import { afterEach, expect, test, vi } from "vitest";

const { Module, Instance } = WebAssembly;

afterEach(() => {
  Object.assign(WebAssembly, { Module, Instance });
});

/** A function that does nothing. */
const MODULE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[10, 4, 1, 2, 0, 0x0b],
);

/** `prepareGuard` as it is on a runtime where `new WebAssembly[name]` throws `refusal`. */
async function prepareGuardWhere(name: "Module" | "Instance", refusal: Error) {
  Object.assign(WebAssembly, {
    [name]: class {
      constructor() {
        throw refusal;
      }
    },
  });
  vi.resetModules();
  return (await import("../src/prepare-guard.js")).prepareGuard;
}

test("want of memory for what reads modules is told as such", async () => {
  const refusal = new RangeError(
    "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
  );
  const prepareGuard = await prepareGuardWhere("Instance", refusal);
  await expect(prepareGuard(MODULE)).rejects.toMatchObject({
    code: "OUT_OF_MEMORY",
    message: expect.stringContaining("Cannot allocate Wasm memory"),
    cause: { name: "WasmUnavailableError", cause: refusal },
  });
});

test("a runtime that compiles nothing is not the guard's fault", async () => {
  const refusal = new WebAssembly.CompileError("code generation is not allowed");
  const prepareGuard = await prepareGuardWhere("Module", refusal);
  await expect(prepareGuard(MODULE)).rejects.toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    message: expect.stringMatching(/code generation is not allowed; allow it by 'wasm-unsafe-eval'/),
    cause: { name: "WasmUnavailableError", cause: refusal },
  });
  Object.assign(WebAssembly, { Module });
  await expect(prepareGuard(MODULE)).rejects.toMatchObject({ code: "INVALID_MODULE" });
});
