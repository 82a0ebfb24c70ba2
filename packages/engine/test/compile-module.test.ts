import { afterEach, expect, test, vi } from "vitest";
import { compileModule } from "../src/compile-module.js";

afterEach(() => vi.restoreAllMocks());

const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

test("what is no module is the module's fault, and says why", async () => {
  await expect(compileModule(EMPTY_MODULE.subarray(1))).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: expect.stringContaining("magic word"),
  });
});

test("what the runtime does not compile although it is valid is not", async () => {
  // What a content security policy without 'wasm-unsafe-eval' comes to, and a runtime that never compiles.
  const cause = new WebAssembly.CompileError("code generation is not allowed");
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(cause);
  await expect(compileModule(EMPTY_MODULE)).rejects.toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    message: expect.stringContaining("'wasm-unsafe-eval'"),
    cause,
  });
});
