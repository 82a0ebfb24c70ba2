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

/** With a custom section of 2^19 bytes. */
const LARGE_MODULE = new Uint8Array(EMPTY_MODULE.length + 4 + 2 ** 19);
LARGE_MODULE.set([...EMPTY_MODULE, 0, 0x80, 0x80, 0x20]);

test.each([
  ["small", EMPTY_MODULE, "Module"],
  ["large", LARGE_MODULE, "compile"],
] as const)("a %s module compiles", async (_size, module, way) => {
  const compiling = vi.spyOn(WebAssembly, way);
  expect(await compileModule(module)).toBeInstanceOf(WebAssembly.Module);
  expect(compiling).toHaveBeenCalledOnce();
});

test.each([
  ["small", EMPTY_MODULE],
  ["large", LARGE_MODULE],
])("what the runtime does not compile although it is valid is not: a %s module", async (_size, module) => {
  // What a content security policy without 'wasm-unsafe-eval' comes to, and a runtime that never compiles.
  const cause = new WebAssembly.CompileError("code generation is not allowed");
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(cause);
  vi.spyOn(WebAssembly, "Module").mockImplementation(function refuse() {
    throw cause;
  });
  await expect(compileModule(module)).rejects.toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    message: expect.stringContaining("'wasm-unsafe-eval'"),
    cause,
  });
});
